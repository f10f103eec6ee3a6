import Manifest
import SchemaCore
import Testing

@Suite struct FormatterTests {
    private func format(_ text: String) -> ManifestFormatter.Outcome {
        SampleObject.registry.formatter().format(
            ManifestFile(path: "f.yaml", bytes: Array(text.utf8)))
    }

    @Test func canonicalForm() {
        let outcome = format(
            """
            # yaml-language-server: $schema=x


            # The people.
            kind:   Table
            apiVersion: "lockstep.dev/v1"
            columns:   # all of them
                  id:   {type: uuid,default: 'gen_random_uuid()'}
                  # Where to write to.
                  email: {nullable: true,   type: "numeric(10,2)"}   # unique
                  status: {default: '''active''', type: "varchar(20)"}
                  long: { type: text,
                    default: "this is a very long default that does not fit on a line of", nullable: true }
            name: "users"
            comment: "5"
            labels:
            - "yes"
            -   'a: b'
            - {   }

            # Last words.
            options:
              text: "one\\ntwo\\n"
              keep: >-
                folded
                text
            # The end.
            ---

            apiVersion: lockstep.dev/v1
            kind: View

            name: v
            """)
        #expect(outcome.diagnostics.isEmpty)
        #expect(
            outcome.text == """
                # yaml-language-server: $schema=x

                # The people.
                apiVersion: lockstep.dev/v1
                kind: Table
                name: users
                comment: "5"
                columns: # all of them
                  id: { type: uuid, default: gen_random_uuid() }
                  # Where to write to.
                  email: { type: "numeric(10,2)", nullable: true } # unique
                  status: { type: varchar(20), default: "'active'" }
                  long:
                    type: text
                    nullable: true
                    default: this is a very long default that does not fit on a line of
                labels:
                  - "yes"
                  - "a: b"
                  - {}

                # Last words.
                options:
                  text: |
                    one
                    two
                  keep: folded text
                # The end.

                ---
                apiVersion: lockstep.dev/v1
                kind: View

                name: v

                """)
    }

    @Test func leavesAloneWhatItCannotKeep() {
        let anchors = format("a: &x 1\nb: *x\n")
        #expect(anchors.text == nil)
        #expect(anchors.diagnostics.map(\.code) == ["not-formatted"])
        #expect(!anchors.diagnostics.hasErrors)
        let directive = format("%YAML 1.1\n---\na: b\n")
        #expect(directive.text == nil)
        let broken = format("a: [\n")
        #expect(broken.text == nil)
        #expect(broken.diagnostics.map(\.code) == ["yaml-syntax"])
    }

    @Test func commentsOnlyAndNothing() {
        #expect(format("").text == "")
        #expect(format("  # x  \n\n").text == "# x\n")
    }

    @Test func hashesInTextsAreNoComments() {
        let text = """
            a: x#y
            b: "# no"
            c: | # yes
              # no
              text
            # yes
            d: '#'

            """
        let outcome = format(text)
        #expect(
            outcome.text == """
                a: x#y
                b: "# no"
                c: | # yes
                  # no
                  text
                # yes
                d: "#"

                """)
    }

    @Test func windowsLinesBecomeOurs() {
        #expect(
            format("\u{feff}a:   b # c\r\n\r\nd: |\r\n  x\r\n").text
                == "a: b # c\n\nd: |\n  x\n")
    }

    @Test func emitterWritesWhatImportNeeds() {
        let text = YAMLEmitter.text(of: [
            .commented(
                ["yaml-language-server: $schema=x"],
                .mapping([
                    ("apiVersion", .text("lockstep.dev/v1")), ("kind", .text("Table")),
                    (
                        "columns",
                        .mapping([
                            ("id", .flowMapping([("type", .text("uuid"))])),
                            (
                                "n",
                                .flowMapping([
                                    ("type", .text("int")), ("default", .plain("0")),
                                    ("nullable", .boolean(true)),
                                ])
                            ),
                        ])
                    ),
                    ("primaryKey", .flowSequence([.text("id")])),
                    ("fillfactor", .integer(90)),
                    ("empty", .flowMapping([])), ("nothing", .null),
                    ("body", .text("begin\n  return 1;\nend")),
                ])),
            .mapping([("a", .sequence([.mapping([("b", .text("c")), ("d", .text(""))])]))]),
        ])
        #expect(
            text == """
                # yaml-language-server: $schema=x
                apiVersion: lockstep.dev/v1
                kind: Table
                columns:
                  id: { type: uuid }
                  n: { type: int, default: 0, nullable: true }
                primaryKey: [id]
                fillfactor: 90
                empty: {}
                nothing: null
                body: |-
                  begin
                    return 1;
                  end

                ---
                a:
                  - b: c
                    d: ""

                """)
    }
}
