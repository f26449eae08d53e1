# A manual page from what a program says of itself: PROGRAM --experimental-dump-help | jq -r -f manual.jq --arg section 8 --arg version 1
def roff: gsub("\\\\"; "\\e") | gsub("-"; "\\-") | gsub("(?<start>^|\n)(?<mark>[.'])"; "\(.start)\\&\(.mark)");
def paragraphs: gsub("\n\n+"; "\n.PP\n");
def dashed: (if .kind == "long" then "--" else "-" end) + .name;
def forms: [.names[]? | dashed] | unique | sort_by(-length) | join(", ");
# An argument as it is written on a command line.
def usage: . as $argument
  | (if .kind == "positional" then "\\fI\(.valueName | roff)\\fR"
   elif .kind == "flag" then "\\fB\(.preferredName | dashed | roff)\\fR"
   else "\\fB\(.preferredName | dashed | roff)\\fR \\fI\(.valueName | roff)\\fR" end)
  + (if .isRepeating then "..." else "" end)
  | if $argument.isOptional then "[\(.)]" else . end;
def described:
  ".TP\n"
  + (if .kind == "positional" then "\\fI\(.valueName | roff)\\fR"
     elif .kind == "flag" then "\\fB\(forms | roff)\\fR"
     else "\\fB\(forms | roff)\\fR \\fI\(.valueName | roff)\\fR" end)
  + "\n" + ((.abstract // "") | roff)
  + (if .defaultValue then "\nDefault: \(.defaultValue | roff)." else "" end);
def shown: [.arguments[]? | select(.shouldDisplay)];
def synopsis($words): "\\fB\($words | roff)\\fR" + (shown | map(" " + usage) | add // "");
def text: [.abstract, .discussion] | map(select(. != null and . != "") | roff) | join("\n\n") | paragraphs;
# The commands that do something, each with all its words.
def leaves($words):
  .subcommands[]? | select(.commandName != "help") | select(.shouldDisplay != false)
  | if .subcommands then leaves("\($words) \(.commandName)") else {words: "\($words) \(.commandName)", command: .} end;

.command
| .commandName as $name
| [shown[].names] as $global
| ".TH \"\($name | ascii_upcase | roff)\" \"\($section)\" \"\" \"yogiyogi \($version)\" \"yogiyogi\"",
  ".SH NAME\n\($name | roff) \\- \(.abstract // "" | rtrimstr(".") | roff)",
  ".SH SYNOPSIS\n\(synopsis($name))" + (if .subcommands then " \\fIcommand\\fR" else "" end),
  ".SH DESCRIPTION\n\(text)",
  (if (shown | length) > 0 then ".SH OPTIONS", (shown[] | described) else empty end),
  (if .subcommands then ".SH COMMANDS", (leaves($name) | ".SS \(.words | ltrimstr($name + " ") | roff)", (.words as $words | .command | .arguments |= map(select(.names as $own | $own == null or ($global | index([$own]) | not))) | synopsis($words), ".PP", text, (shown[] | described))) else empty end),
  ".SH SEE ALSO\n" + ([["yogiyogid", 8], ["yogictl", 1], ["yogi-gateway", 8], ["yogi-payment", 8], ["yogi-reservation", 8], ["yogiyogid.yaml", 5],
     ["yogi-gateway.yaml", 5], ["yogiyogi.workflow", 5], ["yogiyogi.http", 7], ["yogiyogi.operations", 7],
     ["yogiyogi.participant", 7], ["yogiyogi.saga", 7]]
    | map(select(.[0] != $name) | "\\fB\(.[0] | roff)\\fR(\(.[1]))") | join(",\n")) + (if $name == "yogiyogid" then ",\n\\fBsystemd.service\\fR(5)" else "" end)
