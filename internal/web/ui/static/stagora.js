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
