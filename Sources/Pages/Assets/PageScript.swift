/// The one script. What it does a page can do without: it keeps spans of time true, and shows a page anew when the gateway says that something
/// has changed, unless somebody is writing in it.
enum PageScript {
    static let text = """
        "use strict";
        (() => {
          const words = document.body.dataset;
          const say = (word, number) => word.replace("{0}", String(number));
          // As the server says spans: the two largest units.
          const span = (milliseconds) => {
            const seconds = Math.floor(Math.abs(milliseconds) / 1000);
            const hours = Math.floor(seconds / 3600), minutes = Math.floor(seconds / 60) % 60;
            if (hours >= 96) return say(words.d, Math.floor(hours / 24));
            if (hours > 0) return say(words.h, hours) + (minutes === 0 || hours >= 24 ? "" : " " + say(words.min, minutes));
            return minutes > 0 ? say(words.min, minutes) : say(words.s, seconds);
          };
          const tick = () => {
            for (const time of document.querySelectorAll("time[data-clock]")) {
              const text = span(Date.now() - Date.parse(time.dateTime));
              if (time.textContent !== text) time.textContent = text;
            }
          };
          setInterval(tick, 1000);

          // A form under way, or an open panel, is not taken from under the hands.
          const isBusy = (main) =>
            main.contains(document.activeElement) && document.activeElement !== main
            || main.querySelector("details[open]") !== null
            || [...main.querySelectorAll("input:not([type=hidden])")].some((input) =>
              input.type === "radio" ? input.checked !== input.defaultChecked : input.value !== input.defaultValue);
          let isAsked = false, isUnderWay = false;
          let due = 0;
          // Many events are one look, at most one a second.
          const soon = () => { if (!due) due = setTimeout(() => { due = 0; renew(); }, 1000); };
          const renew = async () => {
            const main = document.getElementById("main");
            if (isUnderWay || !main || isBusy(main)) { isAsked = true; return; }
            isUnderWay = true;
            isAsked = false;
            try {
              const answer = await fetch(location.href, { headers: { Accept: "text/html" }, credentials: "same-origin" });
              if (!answer.ok) { isAsked = true; return; }
              const page = new DOMParser().parseFromString(await answer.text(), "text/html");
              const fresh = page.getElementById("main");
              if (!fresh || isBusy(main)) { isAsked = true; return; }
              const headline = main.querySelector("h1")?.textContent;
              main.replaceChildren(...fresh.childNodes);
              document.title = page.title;
              const now = main.querySelector("h1");
              if (now && now.textContent !== headline) now.setAttribute("role", "status");
            } catch { isAsked = true; } finally {
              isUnderWay = false;
              // What came meanwhile, and what could not be had, is looked for again.
              if (isAsked && !isBusy(main)) soon();
            }
          };
          if (words.live) {
            const events = new EventSource(words.live);
            events.onmessage = soon;
            events.addEventListener("change", soon);
            addEventListener("focusout", () => { if (isAsked) soon(); });
            addEventListener("toggle", () => { if (isAsked) soon(); }, true);
            addEventListener("pagehide", () => events.close());
          }
        })();

        """
}
