package import HTTPClient
import JSON

/// A body is received with the padding that the scanner needs, so that it is scanned where it lies.
extension HTTPBody: PaddedBytes {}
