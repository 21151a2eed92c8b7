// What every page does in the browser: countdowns, clocks, announcements, menus,
// tables. A page works without it. Elements are found by data attributes, also
// those that arrive later.
"use strict";

(() => {
  document.documentElement.classList.add("js");

  // The server's time: what it said when it wrote the page, and what passed
  // since. The clock of the device is never read.
  const told = Date.parse(document.body.dataset.now);
  const start = performance.now();
  const now = () => told + (performance.now() - start);

  const units = (document.body.dataset.units || "{n} d|{n} h|{n} min|{n} s").split("|");
  const sizes = [86400, 3600, 60, 1];

  // duration writes seconds in their two largest units, as the server does.
  function duration(seconds) {
    let left = Math.max(0, Math.floor(seconds));
    const parts = [];
    for (let i = 0; i < sizes.length && parts.length < 2; i++) {
      const n = Math.floor(left / sizes[i]);
      left -= n * sizes[i];
      if (n > 0 || (parts.length === 0 && i === sizes.length - 1)) {
        parts.push(units[i].replace("{n}", n));
      } else if (parts.length > 0) {
        break;
      }
    }
    return parts.join("\u00a0");
  }

  function write(element, words) {
    if (element.textContent !== words) element.textContent = words;
  }

  function count() {
    for (const e of document.querySelectorAll("[data-countdown]")) {
      const left = (Date.parse(e.dataset.countdown) - now()) / 1000;
      write(e, left > 0 ? e.dataset.words.replace("{left}", duration(left)) : e.dataset.over);
    }
    for (const e of document.querySelectorAll("[data-clock]")) {
      const at = new Date(Date.parse(e.dataset.clock) + (performance.now() - start));
      write(e, clock.format(at));
    }
  }

  const clock = new Intl.DateTimeFormat("fr-FR", {
    timeZone: document.body.dataset.zone, hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23",
  });
  setInterval(count, 1000);

  // announce says a sentence to screen readers, politely.
  function announce(words) {
    const region = document.getElementById("announce");
    region.textContent = "";
    setTimeout(() => { region.textContent = words; }, 50);
  }

  // Menus close when one looks elsewhere, or on Escape.
  const closeMenus = (except) => {
    for (const m of document.querySelectorAll("details.menu[open]")) {
      if (m !== except) m.open = false;
    }
  };
  document.addEventListener("click", (e) => closeMenus(e.target.closest("details.menu")));
  document.addEventListener("keydown", (e) => {
    if (e.key !== "Escape") return;
    const menu = e.target.closest("details.menu[open]");
    if (!menu) return;
    menu.open = false;
    menu.querySelector("summary").focus();
  });

  // Tables: choosing all rows, and how many are chosen.
  function picked(table) {
    const boxes = [...table.querySelectorAll("input[name=row]")];
    const chosen = boxes.filter((b) => b.checked).length;
    const all = table.querySelector("[data-pick-all]");
    if (all) {
      all.hidden = false;
      all.checked = chosen > 0 && chosen === boxes.length;
      all.indeterminate = chosen > 0 && chosen < boxes.length;
    }
    const words = table.querySelector("[data-batch] [data-words]");
    if (!words) return;
    words.dataset.none ??= words.textContent;
    write(words, chosen ? words.dataset.words.replace("{n}", chosen) : words.dataset.none);
    for (const b of table.querySelectorAll("[data-batch] button")) b.disabled = chosen === 0;
  }
  document.addEventListener("change", (e) => {
    const table = e.target.closest(".table-block");
    if (!table) return;
    if (e.target.matches("[data-pick-all]")) {
      for (const b of table.querySelectorAll("input[name=row]")) b.checked = e.target.checked;
    }
    picked(table);
  });

  // What was typed in a row and is not saved yet stays: in the same row, or, while a
  // filter hides it, beside the table and in the form that it belongs to.
  const touched = (f) => (f.type === "checkbox" ? f.checked !== f.defaultChecked : f.value !== f.defaultValue);
  function carry(table, fresh) {
    for (const row of [...table.querySelectorAll("tbody tr"), ...document.querySelectorAll("[data-carried]")]) {
      const fields = [...row.querySelectorAll("input[form]")];
      if (!fields.some(touched)) continue;
      const again = fields.map((f) => [...fresh.querySelectorAll("input[form]")].find((n) => n.name === f.name));
      if (again.every(Boolean)) {
        again.forEach((n, i) => {
          n.value = fields[i].value;
          n.checked = fields[i].checked;
        });
        if (row.matches("[data-carried]")) row.remove();
      } else if (!row.matches("[data-carried]")) {
        const kept = document.createElement("div");
        kept.dataset.carried = "";
        kept.hidden = true;
        kept.append(...fields);
        table.after(kept);
      }
    }
  }

  // Tables change in place: the server writes the table for an address, and says
  // which address to show.
  let last = 0;
  async function visit(table, address, keep) {
    const turn = ++last;
    const answer = await fetch(address, { headers: { Accept: "text/html" }, credentials: "same-origin" });
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById(table.id);
    if (turn !== last) return; // something newer was asked for
    if (!answer.ok || !fresh) return location.assign(address);
    const at = document.activeElement;
    const mark = table.contains(at) && at.name ? { name: at.name, value: at.value, kind: at.type, caret: at.selectionStart } : null;
    const opened = table.querySelector(".columns[open]");
    const filters = table.querySelector("[data-keep]")?.checked;
    carry(table, fresh);
    table.replaceWith(fresh);
    if (opened) for (const d of fresh.querySelectorAll(".columns")) d.open = true;
    if (filters) fresh.querySelector("[data-keep]").checked = true;
    if (mark) {
      const again = [...fresh.querySelectorAll("[name]")].find((e) => e.name === mark.name && (mark.kind !== "checkbox" || e.value === mark.value));
      again?.focus();
      if (again && (mark.kind === "text" || mark.kind === "search")) {
        again.value = mark.value; // what was typed while the server answered
        again.setSelectionRange(mark.caret, mark.caret);
      }
    } else {
      fresh.querySelector(".table-scroll")?.focus({ preventScroll: true });
    }
    history[keep ? "replaceState" : "pushState"]({ table: true }, "", fresh.dataset.address);
    announce(fresh.dataset.said);
    ready();
  }
  const asked = (form) => form.getAttribute("action") + "?" + new URLSearchParams(new FormData(form));
  document.addEventListener("click", (e) => {
    const link = e.target.closest("a[data-in-place]");
    if (!link || e.ctrlKey || e.metaKey || e.shiftKey) return;
    e.preventDefault();
    visit(link.closest(".table-block"), link.href, false);
  });
  document.addEventListener("submit", (e) => {
    const table = e.target.closest(".table-block");
    if (!table || e.target.method !== "get") return;
    e.preventDefault();
    clearTimeout(pause); // what was typed is asked for now, and not once more later
    visit(table, asked(e.target), true);
  });
  let pause = 0;
  document.addEventListener("input", (e) => {
    const id = e.target.form?.id;
    if (!e.target.form?.matches(".table-tools form") || e.target.matches("[data-keep]")) return;
    clearTimeout(pause);
    pause = setTimeout(() => {
      const form = document.getElementById(id); // the one of now: tables are replaced
      visit(form.closest(".table-block"), asked(form), true);
    }, e.target.matches("input:not([type=checkbox])") ? 350 : 0);
  });
  window.addEventListener("popstate", () => location.reload());

  // ready looks after what stands on the page, now and after each exchange.
  function ready() {
    count();
    for (const t of document.querySelectorAll(".table-block")) picked(t);
  }
  ready();
  document.addEventListener("htmx:after:swap", ready);
  document.querySelector("[data-focus]")?.focus();

  window.stagora = { announce, now, duration };
})();
