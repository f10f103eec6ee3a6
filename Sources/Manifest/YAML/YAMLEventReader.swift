// Owns the only calls into libyaml. Its marks count lines and characters from 0 and are moved to
// the whole file's here; its parser must not move in memory and its input must outlive it.

import CYAML
import SchemaCore

/// One event of libyaml in our own words.
struct YAMLEvent {
    enum Kind {
        case scalar(String, style: YAMLStyle)
        case sequenceStart(style: YAMLStyle)
        case mappingStart(style: YAMLStyle)
        case collectionEnd
        case alias(String)
        case documentStart(isExplicit: Bool)
        case documentEnd
        case streamEnd
        case other
    }

    var kind: Kind
    var anchor: String?
    var tag: String?
    var start: SourceSpan.Position
    var end: SourceSpan.Position
}

/// Why libyaml stopped.
struct YAMLSyntaxError: Error {
    var problem: String
    var position: SourceSpan.Position
    var context: String?
    var contextPosition: SourceSpan.Position
}

/// Reads events from a piece of a file that begins at the start of a line.
struct YAMLEventReader: ~Copyable {
    private let parser: UnsafeMutablePointer<yaml_parser_t>
    private let lineOffset: Int

    /// The bytes must be valid UTF-8 and outlive the reader.
    init?(_ bytes: UnsafeBufferPointer<UInt8>, lineOffset: Int) {
        let parser = UnsafeMutablePointer<yaml_parser_t>.allocate(capacity: 1)
        guard yaml_parser_initialize(parser) == 1 else {
            parser.deallocate()
            return nil
        }
        yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING)
        yaml_parser_set_input_string(parser, bytes.baseAddress, bytes.count)
        self.parser = parser
        self.lineOffset = lineOffset
    }

    deinit {
        yaml_parser_delete(parser)
        parser.deallocate()
    }

    func next() throws(YAMLSyntaxError) -> YAMLEvent {
        var event = yaml_event_t()
        guard yaml_parser_parse(parser, &event) == 1 else { throw failure() }
        defer { yaml_event_delete(&event) }
        var out = YAMLEvent(
            kind: .other, start: position(event.start_mark), end: position(event.end_mark))
        switch event.type {
        case YAML_SCALAR_EVENT:
            let scalar = event.data.scalar
            let text = String(
                decoding: UnsafeBufferPointer(start: scalar.value, count: scalar.length),
                as: UTF8.self)
            out.kind = .scalar(text, style: Self.style(scalar.style))
            out.anchor = Self.string(scalar.anchor)
            out.tag = Self.string(scalar.tag)
        case YAML_SEQUENCE_START_EVENT:
            let data = event.data.sequence_start
            out.kind = .sequenceStart(
                style: data.style == YAML_FLOW_SEQUENCE_STYLE ? .flow : .block)
            out.anchor = Self.string(data.anchor)
            out.tag = Self.string(data.tag)
        case YAML_MAPPING_START_EVENT:
            let data = event.data.mapping_start
            out.kind = .mappingStart(
                style: data.style == YAML_FLOW_MAPPING_STYLE ? .flow : .block)
            out.anchor = Self.string(data.anchor)
            out.tag = Self.string(data.tag)
        case YAML_SEQUENCE_END_EVENT, YAML_MAPPING_END_EVENT: out.kind = .collectionEnd
        case YAML_ALIAS_EVENT: out.kind = .alias(Self.string(event.data.alias.anchor) ?? "")
        case YAML_DOCUMENT_START_EVENT:
            out.kind = .documentStart(isExplicit: event.data.document_start.implicit == 0)
        case YAML_DOCUMENT_END_EVENT: out.kind = .documentEnd
        // libyaml goes on giving empty events after the end.
        case YAML_STREAM_END_EVENT, YAML_NO_EVENT: out.kind = .streamEnd
        default: break
        }
        return out
    }

    private func failure() -> YAMLSyntaxError {
        let raw = parser.pointee
        return YAMLSyntaxError(
            problem: raw.problem.map { String(cString: $0) } ?? "it cannot be read",
            position: position(raw.problem_mark),
            context: raw.context.map { String(cString: $0) },
            contextPosition: position(raw.context_mark))
    }

    private func position(_ mark: yaml_mark_t) -> SourceSpan.Position {
        .init(line: Int(mark.line) + 1 + lineOffset, column: Int(mark.column) + 1)
    }

    private static func string(_ text: UnsafeMutablePointer<yaml_char_t>?) -> String? {
        text.map { String(cString: $0) }
    }

    private static func style(_ style: yaml_scalar_style_t) -> YAMLStyle {
        switch style {
        case YAML_SINGLE_QUOTED_SCALAR_STYLE: .singleQuoted
        case YAML_DOUBLE_QUOTED_SCALAR_STYLE: .doubleQuoted
        case YAML_LITERAL_SCALAR_STYLE: .literal
        case YAML_FOLDED_SCALAR_STYLE: .folded
        default: .plain
        }
    }
}
