/// What libyaml could not read, in its words.
struct Complaint: Error {
    let text: String
    let position: Position
}
