import Testing
import Moderation
import SimulatedHomeserver
import Storage
import Synchronization

/// The real store and its double: what one contract suite runs on.
enum StoreKind: String, CaseIterable, Sendable, CustomTestStringConvertible {
    case memory, sqlite
    var testDescription: String { rawValue }
}

/// What both stores can beyond the port.
protocol PrunableStore: Store {
    @discardableResult func prune(before time: Int64) async throws -> Int
}

extension MemoryStore: PrunableStore {}
extension SQLiteStore: PrunableStore {}

/// A store that can be closed and opened again as another process would.
final class StoreUnderTest {
    private enum Backing {
        case memory(MemoryStore)
        case sqlite(SQLiteStore)
    }

    let scratch: Scratch
    let damage = DamageLog()
    private var backing: Backing

    init(_ kind: StoreKind) throws {
        scratch = try Scratch()
        backing =
            switch kind {
            case .memory: .memory(MemoryStore())
            case .sqlite: .sqlite(try SQLiteStore(dataPath: scratch.path, report: damage.note))
            }
    }

    var store: any PrunableStore {
        switch backing {
        case .memory(let store): store
        case .sqlite(let store): store
        }
    }

    func reopen() async throws {
        switch backing {
        case .memory(let store): backing = .memory(await store.restart())
        case .sqlite(let store):
            await store.close()
            backing = .sqlite(try SQLiteStore(dataPath: scratch.path, report: damage.note))
        }
    }
}

/// Keeps what a store reports.
final class DamageLog: Sendable {
    private let reports = Mutex<[Damage]>([])
    var all: [Damage] { reports.withLock { $0 } }
    var note: @Sendable (Damage) -> Void { { damage in self.reports.withLock { $0.append(damage) } } }
}
