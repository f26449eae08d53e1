/// How a diagram looks, for the style sheet that it is shown with.
public enum DiagramStyle {
    /// The colours for a file of its own; a page has these names in its own sheet.
    public static let tokens = """
        svg.flow { --ink: #1b1f24; --soft: #57606a; --line: #8c959f; --page: #ffffff; --card: #ffffff; --accent: #0a5c8f; \
        --ok: #1a7f37; --wait: #7a5b00; --run: #0a5c8f; --run-bg: #e3f0fa; --undo: #6b3fa0; --bad: #b3261e; --off: #57606a; \
        background: var(--page); }
        @media (prefers-color-scheme: dark) { svg.flow { --ink: #e8ebee; --soft: #a1abb5; --line: #6e7781; --page: #0f1318; \
        --card: #171c22; --accent: #6cb6ff; --ok: #6fdd8b; --wait: #f2cc60; --run: #79c0ff; --run-bg: #0d2a45; --undo: #d2a8ff; \
        --bad: #ff9a92; --off: #a1abb5; } }

        """

    /// The rules; every colour is a custom property of the sheet around them.
    public static let rules = """
        .flow { color: var(--ink); }
        .flow text { font: 12px system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans KR", "Noto Sans CJK KR", sans-serif; fill: var(--soft); }
        .flow .name { font-size: 14px; font-weight: 600; fill: currentColor; }
        .flow .call { font-family: ui-monospace, "SF Mono", Menlo, Consolas, monospace; fill: currentColor; }
        .flow .frame, .flow .pill { fill: var(--card); stroke: var(--line); stroke-width: 1.25; }
        .flow .inner { fill: none; stroke: var(--line); }
        .flow .pivot .frame { stroke-width: 2.5; stroke: var(--soft); }
        .flow .line { fill: none; stroke: var(--line); stroke-width: 1.5; }
        .flow .head { fill: var(--line); }
        .flow .start circle { fill: currentColor; }
        .flow .been .frame { stroke: var(--accent); stroke-width: 2; }
        .flow .here .frame { stroke: var(--accent); stroke-width: 3; fill: var(--run-bg); }
        .flow .never .frame { stroke-dasharray: 5 4; }
        .flow .taken .line { stroke: var(--accent); stroke-width: 2.5; }
        .flow .taken .head { fill: var(--accent); }
        .flow .taken .label { fill: currentColor; }
        .flow .effect { font-weight: 600; }
        .flow .t-ok { fill: var(--ok); }
        .flow .t-wait { fill: var(--wait); }
        .flow .t-run { fill: var(--run); }
        .flow .t-undo { fill: var(--undo); }
        .flow .t-bad { fill: var(--bad); }
        .flow .t-off { fill: var(--off); }

        """
}
