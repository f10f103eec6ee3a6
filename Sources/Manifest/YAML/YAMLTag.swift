/// The core tags. They construct nothing here; any other tag is refused.
public enum YAMLTag: String, Hashable, Sendable, CaseIterable {
    case string = "tag:yaml.org,2002:str"
    case integer = "tag:yaml.org,2002:int"
    case boolean = "tag:yaml.org,2002:bool"
    case null = "tag:yaml.org,2002:null"
    case mapping = "tag:yaml.org,2002:map"
    case sequence = "tag:yaml.org,2002:seq"

    /// As people write it: `!!str`.
    var shorthand: String { "!!" + (rawValue.split(separator: ":").last ?? "") }
}
