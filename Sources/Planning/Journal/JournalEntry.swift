// Owns the entries of the journal and the chain of their hashes. Invariant: a hash is taken of the
// text as it is stored, so that entries of older versions keep their hashes.

internal import Foundation
public import SchemaCore

/// One row of the journal.
public struct JournalEntry: Hashable, Sendable {
    /// Its number, from 1 without gaps.
    public let sequence: Int64
    /// The server's clock when it was written, in ISO 8601 with microseconds, UTC.
    public let time: String
    /// What happened.
    public let event: JournalEvent
    /// The event as it is stored: JSON of ASCII only, which every database encoding can hold.
    public let text: String
    /// The hash of the entry before; nil for the first.
    public let previous: Digest?
    /// SHA-256 over number, time, the hash before (`-` for none) and text, joined by line feeds.
    public let hash: Digest

    /// Makes an entry and takes its hash.
    public init(sequence: Int64, time: String, event: JournalEvent, previous: Digest?) throws {
        let text = try Self.text(of: event)
        self.init(
            sequence: sequence, time: time, event: event, text: text, previous: previous,
            hash: Self.hash(sequence: sequence, time: time, previous: previous, text: text))
    }

    /// Takes an entry as it is stored, whether its hash is right or not.
    ///
    /// - Throws: `DecodingError` if the text is no event that this version knows.
    public init(
        sequence: Int64, time: String, text: String, previous: Digest?, hash: Digest
    ) throws {
        let event = try CanonicalJSON.decode(JournalEvent.self, from: Data(text.utf8))
        self.init(
            sequence: sequence, time: time, event: event, text: text, previous: previous,
            hash: hash)
    }

    private init(
        sequence: Int64, time: String, event: JournalEvent, text: String, previous: Digest?,
        hash: Digest
    ) {
        self.sequence = sequence
        self.time = time
        self.event = event
        self.text = text
        self.previous = previous
        self.hash = hash
    }

    /// Whether the hash is that of the fields.
    public var isIntact: Bool {
        hash == Self.hash(sequence: sequence, time: time, previous: previous, text: text)
    }

    /// The text in which an event is stored.
    public static func text(of event: JournalEvent) throws -> String {
        var text = ""
        for scalar in String(decoding: try CanonicalJSON.data(event), as: UTF8.self).unicodeScalars
        {
            guard !scalar.isASCII else {
                text.unicodeScalars.append(scalar)
                continue
            }
            for unit in UTF16.encode(scalar) ?? UTF16.encodedReplacementCharacter {
                let hex = String(unit, radix: 16)
                text += "\\u" + String(repeating: "0", count: 4 - hex.count) + hex
            }
        }
        return text
    }

    private static func hash(
        sequence: Int64, time: String, previous: Digest?, text: String
    ) -> Digest {
        Digest(of: "\(sequence)\n\(time)\n\(previous?.description ?? "-")\n\(text)")
    }
}

extension JournalEntry: Encodable {
    private enum CodingKeys: CodingKey { case sequence, time, event, previous, hash }

    /// Coded with the event as JSON, not as its text.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(sequence, forKey: .sequence)
        try container.encode(time, forKey: .time)
        try container.encode(event, forKey: .event)
        try container.encodeIfPresent(previous, forKey: .previous)
        try container.encode(hash, forKey: .hash)
    }
}
