/// The canonical order of fields at every depth, as the decoders declare them.
public indirect enum FieldLayout: Hashable, Sendable {
    /// A field of an object with the layout of its value.
    public struct Member: Hashable, Sendable {
        /// The field's key.
        public let name: String
        /// How its value is laid out.
        public let layout: FieldLayout

        /// Makes a member.
        public init(name: String, layout: FieldLayout) {
            self.name = name
            self.layout = layout
        }
    }

    /// Nothing to put in order.
    case unknown
    /// Declared fields, in order.
    case object([Member])
    /// Names in the order of the file, with values of one layout.
    case mapping(of: FieldLayout)
    /// A list of items of one layout.
    case list(of: FieldLayout)
    /// Short and long forms.
    case either(FieldLayout, FieldLayout)

    /// The fields of an object; empty for everything else.
    public var members: [Member] {
        switch self {
        case .object(let members): members
        case .either(let first, let second):
            first.members.isEmpty ? second.members : first.members
        case .unknown, .mapping, .list: []
        }
    }

    /// The layout of the value at a key.
    func value(at key: String) -> FieldLayout {
        switch self {
        case .object(let members): members.first { $0.name == key }?.layout ?? .unknown
        case .mapping(let values): values
        case .either(let first, let second):
            first.hasKeys ? first.value(at: key) : second.value(at: key)
        case .unknown, .list: .unknown
        }
    }

    /// The layout of the items of a list.
    var items: FieldLayout {
        switch self {
        case .list(let items): items
        case .either(let first, let second): first.items == .unknown ? second.items : first.items
        case .unknown, .object, .mapping: .unknown
        }
    }

    private var hasKeys: Bool {
        switch self {
        case .object, .mapping: true
        case .either(let first, let second): first.hasKeys || second.hasKeys
        case .unknown, .list: false
        }
    }

    /// Both; what is unknown adds nothing.
    func joined(_ other: FieldLayout) -> FieldLayout {
        if self == .unknown { return other }
        return other == .unknown ? self : .either(self, other)
    }
}
