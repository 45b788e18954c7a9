extension Document {
    /// `formatted_body`.
    package var html: String { HTMLRenderer.html(blocks) }

    /// `body`.
    package var markdown: String { text(.markdown) }

    package func text(_ style: TextStyle) -> String {
        TextRenderer(style: style).lines(blocks).joined(separator: "\n")
    }
}
