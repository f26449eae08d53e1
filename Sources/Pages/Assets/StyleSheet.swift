import WorkflowFile

/// The style sheet: tokens first, then the page from the outside to the inside. Light by default, dark by the system; no font is fetched.
enum StyleSheet {
    static let text: String = tokens + page + forms + tables + DiagramStyle.rules

    /// Colours in pairs of a text and what it stands on; `PagesTests` computes their contrast in both schemes.
    static let tokens = """
        /* Sizes are of one scale, colours of one list: nothing below names a colour of its own. */
        :root {
          --ink: #1b1f24;
          --soft: #57606a;
          --line: #d4dae0;
          --edge: #7d8590;
          --page: #f6f7f9;
          --card: #ffffff;
          --accent: #0a5c8f;
          --on-accent: #ffffff;
          --focus: #0969da;
          --ok: #176b31;
          --ok-bg: #e6f4ea;
          --wait: #735400;
          --wait-bg: #fff4d6;
          --run: #0a5c8f;
          --run-bg: #e3f0fa;
          --undo: #6b3fa0;
          --undo-bg: #f1e8fb;
          --bad: #b3261e;
          --bad-bg: #fdeceb;
          --off: #505963;
          --off-bg: #eceff2;
          --s1: 4px;
          --s2: 8px;
          --s3: 12px;
          --s4: 16px;
          --s5: 24px;
          --s6: 40px;
          --r: 10px;
          color-scheme: light dark;
        }
        @media (prefers-color-scheme: dark) {
          :root {
            --ink: #e8ebee;
            --soft: #a1abb5;
            --line: #30363d;
            --edge: #7d8590;
            --page: #0f1318;
            --card: #171c22;
            --accent: #6cb6ff;
            --on-accent: #0b1a28;
            --focus: #6cb6ff;
            --ok: #6fdd8b;
            --ok-bg: #12301b;
            --wait: #f2cc60;
            --wait-bg: #322806;
            --run: #79c0ff;
            --run-bg: #0d2a45;
            --undo: #d2a8ff;
            --undo-bg: #2a1a40;
            --bad: #ff9a92;
            --bad-bg: #3b1513;
            --off: #a8b1bb;
            --off-bg: #22282f;
          }
        }

        """

    private static let page = """
        * { box-sizing: border-box; }
        html { font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans KR", "Noto Sans CJK KR", "Apple SD Gothic Neo", sans-serif; }
        body { margin: 0; color: var(--ink); background: var(--page); font-variant-numeric: tabular-nums; word-break: keep-all; overflow-wrap: break-word; }
        a { color: var(--accent); text-underline-offset: 2px; }
        :focus-visible { outline: 3px solid var(--focus); outline-offset: 2px; border-radius: 4px; }
        main:focus { outline: none; }
        .unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
        .skip { position: absolute; left: var(--s3); top: -60px; padding: var(--s2) var(--s4); background: var(--card); z-index: 1; }
        .skip:focus { top: var(--s2); }
        .bar { background: var(--card); border-bottom: 1px solid var(--line); }
        .bar > div { max-width: 1200px; margin: 0 auto; padding: 0 var(--s4); min-height: 56px; display: flex; gap: 0 var(--s5); align-items: center; flex-wrap: wrap; }
        .brand { font-weight: 650; letter-spacing: -.01em; color: var(--ink); text-decoration: none; padding: var(--s3) 0; }
        .bar nav { display: flex; flex-wrap: wrap; gap: 0 var(--s4); flex: 1; }
        .bar nav a { color: var(--soft); text-decoration: none; padding: var(--s3) 0 calc(var(--s3) - 2px); border-bottom: 2px solid transparent; }
        .bar nav a:hover { color: var(--ink); }
        .bar nav a[aria-current] { color: var(--ink); font-weight: 550; border-color: var(--accent); }
        .tongue { padding: var(--s3) 0; font-size: .9rem; }
        .person { display: flex; gap: var(--s3); align-items: center; font-size: .9rem; color: var(--soft); }
        main { max-width: 1200px; margin: 0 auto; padding: var(--s5) var(--s4) var(--s6); }
        main.narrow { max-width: 672px; padding-top: var(--s6); }
        h1 { font-size: 1.625rem; line-height: 1.25; letter-spacing: -.018em; margin: 0 0 var(--s2); text-wrap: balance; }
        h1 .state { vertical-align: .2em; margin-left: var(--s1); letter-spacing: 0; }
        h2 { font-size: 1.0625rem; line-height: 1.35; margin: var(--s6) 0 var(--s3); letter-spacing: -.005em; }
        h3 { font-size: 1rem; margin: var(--s4) 0 var(--s1); }
        .card > h2, .notice > h2 { margin: 0 0 var(--s3); }
        .lead { color: var(--soft); margin: 0 0 var(--s5); max-width: 72ch; }
        .hint { color: var(--soft); font-size: .9rem; margin: var(--s1) 0; }
        .card { background: var(--card); border: 1px solid var(--line); border-radius: var(--r); padding: var(--s4) var(--s5); margin: 0 0 var(--s4); }
        .cols { display: grid; gap: var(--s4); grid-template-columns: minmax(0, 1fr); }
        .cols > * { min-width: 0; }
        .scroll { overflow-x: auto; position: relative; }
        .empty { color: var(--soft); margin: 0 0 var(--s4); padding: var(--s5); text-align: center; border: 1px dashed var(--line); border-radius: var(--r); }
        .card .empty { border: 0; padding: var(--s1) 0; margin: 0; text-align: left; }
        code, .id, pre { font: .875em/1.45 ui-monospace, "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", "Noto Sans Mono CJK KR", monospace; overflow-wrap: anywhere; }
        pre { overflow-x: auto; margin: 0; }
        small { font-size: .84rem; color: var(--soft); }
        @media (min-width: 960px) { .cols { grid-template-columns: minmax(0, 1fr) 340px; } }
        @media (max-width: 600px) {
          main, main.narrow { padding-top: var(--s5); }
          h1 { font-size: 1.4rem; }
          .card { padding: var(--s4); }
          .brand { margin-right: auto; }
          .bar nav { order: 1; flex-basis: 100%; gap: 0 var(--s3); font-size: .9rem; }
        }
        /* A state is a word, a mark and a colour, in this order: nobody needs to see red. */
        .state { display: inline-flex; gap: .4em; align-items: baseline; padding: 1px .6em; border-radius: 999px; font-size: .84rem; line-height: 1.5; font-weight: 550; color: var(--c); background: var(--b); white-space: nowrap; }
        .state::before { content: var(--m); font-size: .85em; }
        .ok { --c: var(--ok); --b: var(--ok-bg); --m: "✓"; }
        .wait { --c: var(--wait); --b: var(--wait-bg); --m: "◷"; }
        .run { --c: var(--run); --b: var(--run-bg); --m: "▸"; }
        .undo { --c: var(--undo); --b: var(--undo-bg); --m: "↶"; }
        .bad { --c: var(--bad); --b: var(--bad-bg); --m: "!"; }
        .off { --c: var(--off); --b: var(--off-bg); --m: "–"; }
        .notice { border-left: 4px solid var(--c); background: var(--b); padding: var(--s3) var(--s4); border-radius: 0 var(--r) var(--r) 0; margin: 0 0 var(--s4); }
        .notice > b, .notice > p > b, .notice > h2 { color: var(--c); }
        .notice p { margin: 0; }
        .notice ul { margin: var(--s2) 0 0; padding-left: 1.2em; }
        .pending { display: flex; gap: var(--s2) var(--s4); align-items: center; justify-content: space-between; flex-wrap: wrap; }
        ol.way { list-style: none; padding: 0; margin: 0; }
        ol.way li { position: relative; padding: 1px 0 var(--s4) var(--s6); min-height: 44px; }
        ol.way li:last-child { padding-bottom: 0; min-height: 28px; }
        ol.way li::before { content: var(--m); position: absolute; left: 0; top: 0; width: 26px; height: 26px; border-radius: 50%; display: grid; place-items: center; font-size: .8rem; font-weight: 600; color: var(--c); background: var(--b); }
        ol.way li::after { content: ""; position: absolute; left: 12px; top: 30px; bottom: 4px; width: 2px; background: var(--line); }
        ol.way li:last-child::after { display: none; }
        ol.way li.off { color: var(--soft); }
        ol.way li.bad { color: var(--bad); }
        ol.way small { display: block; overflow-wrap: anywhere; }
        .times { color: var(--soft); font-size: .84rem; }
        dl { display: grid; grid-template-columns: minmax(64px, auto) minmax(0, 1fr); gap: var(--s1) var(--s4); margin: 0; font-size: .94rem; }
        dl.tall { grid-template-columns: minmax(0, 1fr); }
        dl.tall dd { margin: 0 0 var(--s2); }
        dt { color: var(--soft); overflow-wrap: anywhere; }
        dd { margin: 0; overflow-wrap: anywhere; }
        ul.plain { list-style: none; padding: 0; margin: 0; }
        .drawing svg { display: block; margin: 0 auto; }
        .drawing .flow { --line: var(--edge); }
        .legend { list-style: none; display: flex; flex-wrap: wrap; gap: var(--s1) var(--s4); padding: var(--s3) 0 0; margin: var(--s3) 0 0; border-top: 1px solid var(--line); font-size: .84rem; }
        .legend li { color: var(--c); }
        .figures { display: grid; gap: var(--s3); grid-template-columns: repeat(auto-fill, minmax(200px, 1fr)); }
        .figure { display: grid; gap: 2px; margin: 0; padding: var(--s3) var(--s4); }
        .figure span { color: var(--soft); font-size: .84rem; }
        .figure b { font-size: 1.25rem; line-height: 1.3; font-weight: 600; letter-spacing: -.01em; }
        .spark { width: 120px; height: 28px; vertical-align: middle; }
        .figure .spark { width: 100%; height: 36px; }
        .spark path { fill: none; stroke: var(--accent); stroke-width: 1.5; vector-effect: non-scaling-stroke; }
        .spark .area { fill: var(--run-bg); stroke: none; }
        @media (prefers-reduced-motion: no-preference) { a, button, .button { transition: background-color .12s, border-color .12s; } }

        """

    private static let forms = """
        button, .button { font: inherit; font-weight: 550; line-height: 1.3; padding: .5em 1em; min-height: 40px; border-radius: 8px; border: 1px solid var(--edge); background: var(--card); color: var(--ink); cursor: pointer; text-decoration: none; display: inline-flex; align-items: center; white-space: nowrap; }
        button:hover, .button:hover { background: var(--off-bg); }
        button.main { background: var(--accent); border-color: var(--accent); color: var(--on-accent); }
        button.main:hover { text-decoration: underline; background: var(--accent); }
        button.danger { color: var(--bad); border-color: var(--bad); }
        button.danger:hover { background: var(--bad-bg); }
        button.plain { border: 0; background: none; color: var(--accent); padding: 0; text-decoration: underline; text-underline-offset: 2px; }
        .button[aria-current] { border-color: var(--accent); background: var(--run-bg); color: var(--run); }
        .acts { display: flex; gap: var(--s2); flex-wrap: wrap; align-items: center; }
        .acts form { margin: 0; }
        form > .acts { margin-top: var(--s4); }
        .acts + .hint { margin-top: var(--s3); }
        .field { margin: 0 0 var(--s4); }
        .field label, legend { display: block; font-weight: 550; margin: 0 0 2px; padding: 0; }
        .field .hint { margin: 0 0 var(--s1); }
        input, select { font: inherit; color: var(--ink); background: var(--card); border: 1px solid var(--edge); border-radius: 8px; padding: .45em .7em; min-height: 44px; width: 100%; }
        input::placeholder { color: var(--soft); opacity: 1; }
        .faulty { border-left: 4px solid var(--bad); padding-left: var(--s3); }
        .faulty input { border-color: var(--bad); border-width: 2px; }
        .fault { color: var(--bad); font-weight: 550; margin: 0 0 var(--s1); }
        .row { display: grid; gap: var(--s2) var(--s4); grid-template-columns: repeat(auto-fit, minmax(150px, 1fr)); align-items: end; }
        .row .field { margin: 0; }
        .row button { min-height: 44px; justify-content: center; }
        fieldset { border: 0; padding: 0; margin: 0 0 var(--s5); min-width: 0; }
        legend { font-size: 1.0625rem; }
        .rooms { display: grid; gap: var(--s2); margin-top: var(--s2); }
        .room { position: relative; }
        .room label, .room.taken { display: grid; grid-template-columns: 1fr auto; gap: 0 var(--s4); padding: var(--s3) var(--s4) var(--s3) 48px; background: var(--card); border: 1px solid var(--line); border-radius: var(--r); cursor: pointer; }
        .room label:hover { border-color: var(--accent); }
        .room input { position: absolute; left: var(--s4); top: 50%; width: 20px; height: 20px; min-height: 0; margin: -10px 0 0; accent-color: var(--accent); }
        .room input:checked + label { border-color: var(--accent); background: var(--run-bg); box-shadow: inset 0 0 0 1px var(--accent); }
        .room b:only-of-type { align-self: center; }
        .room span { color: var(--soft); font-size: .9rem; grid-column: 1; }
        .room .price { grid-column: 2; grid-row: 1 / span 2; color: var(--ink); font-size: 1rem; font-weight: 600; text-align: right; align-self: center; }
        .room .price small { display: block; font-weight: 400; }
        .room.taken { border-style: dashed; cursor: default; color: var(--soft); }
        .room.taken .price { color: var(--soft); font-weight: 400; }
        details.act { margin-top: var(--s4); }
        summary { cursor: pointer; font-weight: 550; color: var(--accent); }
        details[open] > summary { margin-bottom: var(--s3); }
        .trial { border-color: var(--accent); border-width: 2px; }
        .trial .field { max-width: 480px; }
        .trial > :first-child { margin-top: 0; }

        """

    private static let tables = """
        table { width: 100%; border-collapse: collapse; font-size: .94rem; }
        .card.scroll { padding: var(--s1) 0; }
        th, td { text-align: left; font-weight: 400; padding: var(--s3) var(--s3); border-bottom: 1px solid var(--line); vertical-align: top; white-space: nowrap; }
        th:first-child, td:first-child { padding-left: var(--s5); }
        th:last-child, td:last-child { padding-right: var(--s5); }
        thead th { font-size: .84rem; font-weight: 550; color: var(--soft); padding-top: var(--s2); padding-bottom: var(--s2); vertical-align: bottom; }
        tbody tr:last-child > * { border-bottom: 0; }
        tbody tr:hover > * { background: var(--page); }
        td small, th small { display: block; font-weight: 400; }
        tbody th { white-space: normal; min-width: 10rem; overflow-wrap: anywhere; }
        td.wide { white-space: normal; min-width: 16rem; overflow-wrap: anywhere; }
        td .acts { flex-wrap: nowrap; justify-content: flex-end; margin: -4px 0; }
        .num { text-align: right; }
        @media (max-width: 800px) {
          /* Too narrow for columns: a row is a card, each value behind its head. */
          table, tbody, tbody tr, tbody th, tbody td { display: block; white-space: normal; }
          thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
          tbody tr { border-bottom: 1px solid var(--line); padding: var(--s2) var(--s4); }
          tbody tr:last-child { border: 0; }
          tbody tr > *, tbody tr > :first-child, tbody tr > :last-child { border: 0; padding: var(--s1) 0; text-align: left; background: none; min-width: 0; }
          tbody .num { text-align: left; }
          tbody td[data-head] { display: grid; grid-template-columns: 104px minmax(0, 1fr); gap: 0 var(--s3); }
          tbody td[data-head]::before { content: attr(data-head); color: var(--soft); font-size: .84rem; }
          tbody td[data-head]:has(> div:empty) { display: none; }
          td .acts { justify-content: flex-start; margin: var(--s2) 0; }
          td .acts:empty { display: none; }
          td .acts button, td .acts .button { min-height: 44px; }
        }

        """
}
