import Setup
import Testing

@Suite struct TextEditTests {
    private static let text = "a\nb\nsecret: x\nc\nd\ne\nf\n"

    private static func diff(_ edit: TextEdit, of text: String = text) -> [String] {
        edit.unifiedDiff(of: text, path: "f.yaml") { !$0.hasPrefix("secret") }
    }

    @Test(arguments: [
        (TextEdit(line: 5, inserted: ["n"]), ["@@ -4,4 +4,5 @@", " c", " d", "+n", " e", " f"].suffix(6)),
        (TextEdit(line: 3, inserted: ["n"]), ["@@ -3,0 +4,1 @@", "+n"]),
        (TextEdit(line: 7, inserted: ["n"]), ["@@ -7,0 +8,1 @@", "+n"]),
        (TextEdit(line: 1, removed: 1, inserted: ["n"]), ["@@ -2,1 +2,1 @@", "-b", "+n"]),
        (TextEdit(line: 4, inserted: ["n"]), ["@@ -4,2 +4,3 @@", " c", "+n", " d"]),
    ])
    func `a patch shows no secret, and as much before as behind`(_ edit: TextEdit, hunk: [String]) {
        #expect(Self.diff(edit) == ["--- f.yaml", "+++ f.yaml"] + hunk)
    }

    @Test func `a last line without its end stands in no patch`() {
        #expect(
            Self.diff(TextEdit(line: 1, inserted: ["n"]), of: "a\nb") == [
                "--- f.yaml", "+++ f.yaml", "@@ -1,0 +2,1 @@", "+n",
            ]
        )
        #expect(TextEdit(line: 1, inserted: ["n"]).applied(to: "a\nb") == "a\nn\nb")
    }
}
