extension Scene {
    /// The page around what is on it.
    func shell(title: String, place: MenuPlace?, isNarrow: Bool, body: Markup) -> Markup {
        let live: Markup = .with(frame.live) { " data-live=\"\($0)\"" }
        let width: Markup = isNarrow ? " class=\"narrow\"" : ""
        return """
            <!DOCTYPE html>
            <html lang="\(frame.tongue.rawValue)"><head><meta charset="utf-8"/><meta name="viewport" content="width=device-width, initial-scale=1"/>
            <meta name="color-scheme" content="light dark"/><meta name="referrer" content="same-origin"/>
            <title>\(title) · \(say(.brand))</title><link rel="stylesheet" href="\(PageAsset.style.path)"/>
            <script src="\(PageAsset.script.path)" defer="defer"></script></head>
            <body\(live)\(clockWords)><a class="skip" href="#main">\(say(.skip))</a>
            <header class="bar"><div><a class="brand" href="\(MenuPlace.all(for: frame.audience).first?.path ?? PagePath.book)">\(say(.brand))</a>
            <nav aria-label="\(say(.menu))">\(menu(place))</nav>\(person)<a class="tongue" lang="\(frame.tongue.other.rawValue)" hreflang="\(frame.tongue.other.rawValue)" href="\(PagePath.switched(frame.path, to: frame.tongue.other))">\(frame.tongue.other.ownName)</a></div></header>
            <main id="main" tabindex="-1"\(width)>
            \(flash)\(body)</main>
            </body></html>

            """
    }

    /// The script says spans with the words of the page.
    private var clockWords: Markup {
        " data-s=\"\(say(.seconds))\" data-min=\"\(say(.minutes))\" data-h=\"\(say(.hours))\" data-d=\"\(say(.days))\""
    }

    private func menu(_ current: MenuPlace?) -> [Markup] {
        MenuPlace.all(for: frame.audience).map { place in
            let mark: Markup = place == current ? " aria-current=\"page\"" : ""
            return "<a href=\"\(place.path)\"\(mark)>\(say(place.name))</a>"
        }
    }

    private var person: Markup {
        .with(frame.person) { name in
            """
            <div class="person"><span>\(name)</span>\(form("sign-out", action: PagePath.signOut, "<button class=\"plain\">\(say(.signOut))</button>"))</div>
            """
        }
    }

    private var flash: Markup {
        .with(frame.flash) { flash in
            let role: Markup = flash.isGood ? "status" : "alert"
            return """
                <div class="notice \(flash.isGood ? "ok" : "bad")" role="\(role)"><b>\(say(flash.isGood ? .doneTitle : .notDoneTitle))</b> \(flash.text)</div>

                """
        }
    }
}
