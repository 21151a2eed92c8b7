// The ranked list: dragging, buttons, typed ranks, and holding an item with the
// keyboard. The whole list is posted within a second of a change, and the state
// of saving is said in words. Without this script, every button posts the form.
"use strict";

(() => {
  const WAIT = 400; // ms between the last change and its saving
  const TYPING = 800; // ms, while a rank is about to be typed
  const RETRY = [2, 5, 10, 20, 30]; // s between attempts without a connection

  // A refusal is shown on this page: it is asked for in this page's language.
  const SAVING = { Accept: "application/json", "Accept-Language": document.documentElement.lang };

  const fill = (words, blanks) => words.replace(/\{(\w+)\}/g, (_, name) => blanks[name] ?? "");

  function ranking(form) {
    if (form.dataset.alive) return;
    form.dataset.alive = "1";
    const list = form.querySelector(".ranks");
    const rows = () => [...form.querySelectorAll(".rank-row")];
    const at = (row) => rows().indexOf(row) + 1;
    const name = (row) => row.querySelector(".rank-title").textContent.trim();
    const code = (row) => row.querySelector("input[name=item]").value;
    const rankOf = (row) => row.querySelector("input[name^='rank.']");

    // equip gives a row what only this script can do: the grip, and the buttons to
    // both ends. They come once with the page.
    const tools = form.querySelector("template[data-tools]").content;
    function equip(row) {
      const fresh = tools.cloneNode(true);
      for (const button of fresh.querySelectorAll("button")) {
        button.setAttribute("aria-labelledby", `${button.dataset.word} w-${code(row)}`);
      }
      const [grip, top, bottom] = fresh.querySelectorAll("button");
      const moves = row.querySelector(".rank-moves");
      row.prepend(grip);
      moves.prepend(top);
      moves.lastElementChild.before(bottom);
    }

    const say = (key, row, extra) => window.stagora.announce(
      fill(form.dataset["say" + key], { name: name(row), rank: at(row), all: rows().length, ...extra }));

    // Ranks are written again after each change; what is being typed is left alone.
    function number() {
      rows().forEach((row, i) => { rankOf(row).value = i + 1; });
      const count = form.closest(".ranking")?.querySelector("[data-count]");
      if (count) count.textContent = count.dataset.words.replace("{n}", rows().length);
    }

    // move puts a row at a rank, counted from 1.
    function move(row, to) {
      const others = rows().filter((r) => r !== row);
      const next = others[Math.min(Math.max(to - 1, 0), others.length)] ?? null;
      const held = document.activeElement;
      list.insertBefore(row, next);
      if (row.contains(held)) held.focus(); // moving an element takes its focus away
      number();
    }

    // --- Saving -----------------------------------------------------------

    const badge = document.getElementById(form.dataset.save);
    const version = form.querySelector("input[name=version]");
    let timer = 0, sending = false, changed = false, failures = 0, flight = null, arriving = null;

    function show(state, words) {
      badge.className = "save save-" + state;
      badge.querySelector("[data-words]").textContent = words;
    }

    function later(ms = WAIT) {
      changed = true;
      clearTimeout(timer);
      timer = setTimeout(send, ms);
    }

    const send = () => { flight = save(); return flight; };
    const unsaved = () => arriving || sending || (changed && !failures);

    // settle saves at once what is not saved yet, and tells whether everything is.
    async function settle() {
      while (unsaved()) {
        clearTimeout(timer);
        await (arriving ?? (sending ? flight : send()));
      }
      return !changed;
    }

    function content() {
      const data = new URLSearchParams();
      data.append("version", version.value);
      for (const row of rows()) data.append("item", code(row));
      return data;
    }

    async function save() {
      if (sending) return flight; // what changed meanwhile goes right after
      sending = true;
      changed = false;
      show("pending", form.dataset.sayPending);
      let answer;
      try {
        answer = await fetch(form.action, { method: "POST", body: content(), headers: SAVING, credentials: "same-origin" });
        if (answer.status >= 500) throw new Error(answer.statusText);
      } catch {
        sending = false;
        return retry();
      }
      sending = false;
      failures = 0;
      if (answer.status === 409 || answer.redirected) return native();
      if (!answer.ok) return refused(answer);
      const reply = await answer.json();
      version.value = reply.version;
      if (changed) return later(0);
      show("done", reply.words);
      window.stagora.announce(reply.words);
      follow();
    }

    // follow has the server write anew what else on the page follows from the list.
    async function follow() {
      const address = new URL(location.href);
      address.searchParams.delete("simulation"); // of a list that is no more
      let fresh;
      try {
        const answer = await fetch(address, { headers: { Accept: "text/html" }, credentials: "same-origin" });
        if (!answer.ok) return;
        fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
      } catch {
        return; // the list itself is saved
      }
      if (changed || sending) return; // something newer is on its way
      const parts = [...document.querySelectorAll(`[data-follows="${form.id}"]`)].map((part) => [part, fresh.getElementById(part.id)]);
      parts.push([document.querySelector("main > .next"), fresh.querySelector("main > .next")]);
      for (const [part, next] of parts) {
        if (!part || !next) continue;
        const lines = part.matches("[data-rows]") ? [...part.children].map((line) => [line, fresh.getElementById(line.id)]) : [[part, next]];
        for (const [old, now] of lines) {
          if (now && !old.isEqualNode(now)) renew(old, now);
        }
      }
    }

    // renew replaces a part of the page; what had the focus in it keeps it.
    function renew(part, next) {
      const able = (e) => [...e.querySelectorAll("a, button, summary")];
      const at = able(part).indexOf(document.activeElement);
      part.replaceWith(next);
      if (at >= 0) (able(next)[at] ?? able(next).at(-1))?.focus({ preventScroll: true });
    }

    // retry keeps the order of the page and tries again, longer and longer.
    function retry() {
      let left = RETRY[Math.min(failures++, RETRY.length - 1)];
      changed = true;
      clearTimeout(timer);
      const words = () => fill(form.dataset.sayOffline, { n: left });
      window.stagora.announce(words());
      (function tick() {
        show("failed", words());
        if (left-- <= 0) return send();
        timer = setTimeout(tick, 1000);
      })();
    }
    window.addEventListener("online", () => { if (changed && failures) later(0); });

    // native posts the page's form: the server answers with the two lists.
    function native() {
      changed = false;
      const plain = document.createElement("form");
      plain.method = "post";
      plain.action = form.action;
      plain.hidden = true;
      for (const [key, value] of content()) {
        const input = document.createElement("input");
        input.type = "hidden";
        input.name = key;
        input.value = value;
        plain.append(input);
      }
      document.body.append(plain);
      plain.submit();
    }

    async function refused(answer) {
      const type = answer.headers.get("Content-Type") || "";
      const why = type.includes("json") ? (await answer.json()).Sentence : answer.statusText;
      const words = fill(form.dataset.sayRefused, { why: why || String(answer.status) });
      show("failed", words);
      window.stagora.announce(words);
    }

    // Who leaves at once takes nothing away: the list is sent on the way out. Only
    // when the server could not be reached does the browser ask whether to stay.
    window.addEventListener("pagehide", () => {
      if (changed && !sending) fetch(form.action, { method: "POST", body: content(), keepalive: true, headers: SAVING });
    });
    window.addEventListener("beforeunload", (e) => { if (changed && failures) e.preventDefault(); });

    // A button of the form posts once all is saved. Enter in a rank is no such
    // button: the rank was taken already.
    form.addEventListener("submit", async (e) => {
      if (e.submitter?.value === "ranks") return e.preventDefault();
      if (!unsaved()) return;
      e.preventDefault();
      if (await settle()) form.requestSubmit(e.submitter);
    });

    // So does a link that leaves: the next page shows what was saved.
    document.addEventListener("click", async (e) => {
      const link = e.target.closest("a[href]");
      if (!link || !unsaved() || link.origin !== location.origin || link.target || e.ctrlKey || e.metaKey || e.shiftKey) return;
      e.preventDefault();
      await settle();
      location.assign(link.href);
    });

    // --- Undo -------------------------------------------------------------

    function undoable(row, from) {
      form.querySelector(".undo")?.remove();
      const bar = document.createElement("p");
      bar.className = "undo";
      const words = document.createElement("span");
      words.textContent = fill(form.dataset.sayRemoved, { name: name(row), all: rows().length });
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = form.dataset.undo;
      button.addEventListener("click", () => {
        bar.remove();
        list.append(row);
        move(row, from);
        row.querySelector("[data-grip]").focus();
        say("Moved", row);
        later();
      });
      bar.append(words, button);
      list.after(bar);
      setTimeout(() => bar.remove(), 15000);
      return button;
    }

    // --- Buttons and typed ranks --------------------------------------------

    form.addEventListener("click", (e) => {
      const button = e.target.closest(".rank-moves button");
      if (!button) return;
      e.preventDefault();
      const row = button.closest(".rank-row");
      const from = at(row);
      const what = button.value.split(":")[0];
      if (what === "remove") return take(row).focus();
      move(row, { top: 1, up: from - 1, down: from + 1, bottom: rows().length }[what]);
      if (!button.checkVisibility({ visibilityProperty: true })) row.querySelector("[data-grip]").focus();
      say("Moved", row);
      later();
    });

    // Buttons elsewhere on the page that add an item and take it away. An item that
    // was added with the keyboard is ready for its rank to be typed.
    document.addEventListener("click", async (e) => {
      const button = e.target.closest(`button[form="${form.id}"][name=do]`);
      const [what, item] = button?.value.split(":") ?? [];
      if (!list || !(what === "remove" || (what === "add" && form.dataset.row))) return;
      e.preventDefault();
      const listed = () => rows().find((r) => code(r) === item);
      if (what === "remove") return listed() && take(listed());
      if (listed()) return;
      const asked = written(form.dataset.row + encodeURIComponent(item));
      const last = arriving = Promise.all([arriving, asked]);
      const fresh = await asked;
      if (arriving === last) arriving = null;
      if (!fresh) return form.requestSubmit(button);
      if (listed()) return; // pressed twice
      list.append(fresh);
      equip(fresh);
      number();
      say("Moved", fresh);
      const keyed = e.detail === 0 && document.activeElement === button; // else they have gone on
      if (keyed) {
        rankOf(fresh).focus();
        rankOf(fresh).select();
      }
      later(keyed ? TYPING : WAIT);
    });

    // written returns an item as the server writes it, or nothing.
    async function written(address) {
      try {
        const answer = await fetch(address, { headers: { Accept: "text/html" }, credentials: "same-origin" });
        if (!answer.ok) return null;
        return new DOMParser().parseFromString(await answer.text(), "text/html").querySelector(".rank-row");
      } catch {
        return null;
      }
    }

    function take(row) {
      const from = at(row);
      row.remove();
      number();
      say("Removed", row);
      const undo = undoable(row, from);
      later();
      return undo;
    }

    function typed(input) {
      const row = input.closest(".rank-row");
      const to = parseInt(input.value, 10);
      number(); // also so that moving the row does not make the browser tell of a change again
      if (!to || to === at(row)) return;
      move(row, to);
      say("Moved", row);
      later();
    }
    form.addEventListener("change", (e) => { if (e.target.matches("input[name^='rank.']")) typed(e.target); });
    form.addEventListener("keydown", (e) => {
      if (e.key !== "Enter" || !e.target.matches("input[name^='rank.']")) return;
      e.preventDefault();
      typed(e.target);
    });

    // --- Holding with the keyboard ------------------------------------------

    let held = null, origin = 0;

    function release(key) {
      if (!held) return;
      const row = held;
      held = null;
      row.classList.remove("held");
      row.querySelector("[data-grip]").setAttribute("aria-pressed", "false");
      say(key, row);
    }

    form.addEventListener("keydown", (e) => {
      const grip = e.target.closest("[data-grip]");
      if (!grip) return;
      const row = grip.closest(".rank-row");
      if (e.key === " " || e.key === "Enter") {
        e.preventDefault();
        if (held === row) {
          if (at(row) !== origin) later();
          return release("Dropped");
        }
        release("Dropped");
        held = row;
        origin = at(row);
        row.classList.add("held");
        grip.setAttribute("aria-pressed", "true");
        return say("Grabbed", row);
      }
      if (held !== row) return;
      const to = { ArrowUp: at(row) - 1, ArrowDown: at(row) + 1, Home: 1, End: rows().length }[e.key];
      if (e.key === "Escape") {
        e.preventDefault();
        move(row, origin);
        return release("Canceled");
      }
      if (to === undefined) return;
      e.preventDefault();
      move(row, Math.min(Math.max(to, 1), rows().length));
      say("Moved", row);
    });
    form.addEventListener("focusout", (e) => {
      if (!held || !e.target.matches("[data-grip]")) return;
      const row = held;
      setTimeout(() => { // moving a row takes the focus away and gives it back
        if (held !== row || row.contains(document.activeElement)) return;
        if (at(row) !== origin) later();
        release("Dropped");
      });
    });

    // --- Dragging -------------------------------------------------------------

    rows().forEach(equip);
    if (list && window.Sortable) {
      window.Sortable.create(list, {
        handle: "[data-grip]", animation: matchMedia("(prefers-reduced-motion: reduce)").matches ? 0 : 120,
        ghostClass: "ghost", chosenClass: "held", scrollSensitivity: 80,
        onEnd(e) {
          if (e.oldIndex === e.newIndex) return;
          number();
          say("Dropped", e.item);
          later();
        },
      });
    }
  }

  const ready = () => { for (const form of document.querySelectorAll("[data-ranking]")) ranking(form); };
  ready();
  document.addEventListener("htmx:after:swap", ready);
})();
