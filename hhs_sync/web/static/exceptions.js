// The work list by keyboard: which row is current, what is selected, and one key for each thing that can be done.
// Everything here also has a button; the keys press the buttons.
"use strict";

(() => {
  const $ = (selector, within = document) => within.querySelector(selector);
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];
  const rows = () => all("#work tbody tr[data-open]");
  const pane = () => $("#pane");
  const question = () => $("#pane .question");
  const typing = (target) => target.closest("input:not([type=checkbox]):not([type=radio]), textarea, select");
  const cents = (amount) => (amount < 0 ? "−" : "") + (Math.abs(amount) / 100).toLocaleString("en-US", { minimumFractionDigits: 2 });

  let place = -1;          // The current row's place in the list: after a decision the next row stands there.
  let anchor = -1;         // Where a range of selected rows begins.
  let everything = false;  // All of the filter is selected, also what is not on this page.
  let shown = Boolean(document.querySelector("#pane .question"));  // A question is open, or about to be.
  let loading = null;      // The question that is being fetched: keys wait for it, so that they never meet the last one.
  let queue = Promise.resolve();  // Keys are taken one after the other, each when the one before is done.
  let held = null;         // What is typed while a form is being fetched: it goes into the form.

  // --- the current row

  const current = () => rows()[place];

  function go(to, { open = shown } = {}) {
    const list = rows();
    if (!list.length) { place = -1; return; }
    place = Math.max(0, Math.min(to, list.length - 1));
    list.forEach((row, index) => row.classList.toggle("current", index === place));
    list[place].scrollIntoView({ block: "nearest" });
    const link = $("a", list[place]);
    if (!open) link.focus({ preventScroll: true });
    if (open) show(list[place]);
  }

  function show(row) {
    shown = true;
    if (pane() && row) loading = settled(pane(), () => htmx.ajax("GET", row.dataset.open, { target: "#pane", swap: "innerHTML" }));
  }

  // Done when what was fetched answers to clicks, or when it could not be fetched.
  function settled(target, begin) {
    return new Promise((resolve) => {
      target.addEventListener("htmx:afterSettle", resolve, { once: true });
      const over = (event) => {
        if (event.detail.target !== target) return;
        document.removeEventListener("htmx:afterRequest", over);
        setTimeout(resolve, 100);
      };
      document.addEventListener("htmx:afterRequest", over);
      begin();
    });
  }

  function shut() {
    if (!$("#work")) { location.href = "/exceptions"; return; }
    shown = false;
    pane().replaceChildren();
    document.body.classList.remove("open");
    if (current()) $("a", current()).focus();
  }

  // --- selection and its running total

  const boxes = () => all("#work input[name=one]");

  function count() {
    const shown = $("#picked");
    if (!shown) return;
    const picked = boxes().filter((box) => box.checked);
    const sum = picked.reduce((total, box) => total + Number(box.closest("tr").dataset.counted), 0);
    all("#work tbody tr[data-open]").forEach((row) => row.classList.toggle("picked", $("input", row).checked));
    if (everything) {
      shown.replaceChildren(`${Number(shown.dataset.allCount).toLocaleString("en-US")} selected, all of the filter · ${cents(Number(shown.dataset.allAmount))} `);
    } else {
      shown.replaceChildren(picked.length ? `${picked.length} selected · ${cents(sum)} ` : "");
    }
    if (picked.length || everything) {
      const button = document.createElement("button");
      button.type = "button";
      button.innerHTML = "<kbd>B</kbd> Decide about them";
      button.addEventListener("click", bulk);
      shown.append(button);
    }
  }

  function select(row, range) {
    const list = rows();
    const at = list.indexOf(row);
    everything = false;
    const box = $("input", row);
    if (range && anchor >= 0) {
      const [from, to] = anchor < at ? [anchor, at] : [at, anchor];
      list.slice(from, to + 1).forEach((one) => { $("input", one).checked = true; });
    } else {
      box.checked = !box.checked;
      anchor = at;
    }
    count();
  }

  function bulk() {
    const picked = boxes().filter((box) => box.checked);
    if (!picked.length && !everything) { tell("Select questions first: Space, or Shift and the arrows."); return; }
    const query = new URLSearchParams(new FormData($(".filter"))).toString();
    const values = { query, one: everything ? [] : picked.map((box) => box.value), all: everything ? "1" : "" };
    htmx.ajax("POST", "/exceptions/bulk", { target: "#bulk", swap: "innerHTML", values });
  }

  // --- keys

  const press = (selector) => {
    const found = $(selector);
    if (found) { held ??= ""; found.click(); } else held = null;
    return Boolean(found);
  };

  function accept() {
    const preview = $("#act .preview button.main");
    if (preview) { preview.click(); return; }
    const form = $("[data-act=accept]");
    if (form) form.requestSubmit(); else press("#pane [data-act=A]") || tell("There is nothing to accept here.");
  }

  const keys = {
    j: () => go(place + 1), ArrowDown: () => go(place + 1),
    k: () => go(place - 1), ArrowUp: () => go(place - 1),
    a: accept, p: () => { const form = $("[data-act=accept]"); if (form && !$("#act .preview")) form.requestSubmit(); },
    n: () => $("#pane [data-act=next]")?.click(),
    f: () => press("#pane [data-act=find]"),
    s: () => press("#pane [data-act=split]"),
    w: () => press("#pane [data-act=W]"),
    o: () => press("#pane [data-act=O]"),
    c: () => press("#pane [data-act=C]"),
    m: () => press("#pane [data-act=M]"),
    r: () => press("#pane [data-act=R]"),
    x: () => { const more = $("#pane details.more"); if (more) { more.open = true; $("button", more).focus(); } },
    e: () => $("#evidence")?.focus(),
    u: () => { const form = $("#undo"); if (form) form.requestSubmit(); else tell("There is nothing to undo."); },
    b: bulk,
  };

  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.altKey || $("dialog[open]")) return;
    if (event.key === "Escape") { held = null; escape(event); return; }
    if (typing(event.target)) return;
    if (held !== null && !event.ctrlKey && !event.metaKey && (event.key.length === 1 || event.key === "Enter")) {
      event.preventDefault();
      held += event.key === "Enter" ? "\n" : event.key;
      return;
    }
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "a" && $("#work")) {
      event.preventDefault();
      everything = true;
      boxes().forEach((box) => { box.checked = true; });
      count();
      return;
    }
    if (event.ctrlKey || event.metaKey) return;
    const onRow = event.target.closest("#work tbody tr[data-open]");
    if (event.key === "Enter") {
      if (onRow && (event.target.tagName === "A" || event.target.type === "checkbox")) { event.preventDefault(); place = rows().indexOf(onRow); go(place, { open: true }); }
      else if (event.target === document.body && current()) { event.preventDefault(); go(place, { open: true }); }
      return;
    }
    if (event.key === " ") {
      const button = event.target.closest("button, summary, input");
      if (!current() || (button && event.target.type !== "checkbox")) return;
      event.preventDefault();
      select(onRow || current(), event.shiftKey);
      return;
    }
    if (event.shiftKey && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
      event.preventDefault();
      if (anchor < 0) { anchor = Math.max(place, 0); }
      go(place + (event.key === "ArrowDown" ? 1 : -1), { open: false });
      rows().forEach((row, index) => { $("input", row).checked = index >= Math.min(anchor, place) && index <= Math.max(anchor, place); });
      everything = false;
      count();
      return;
    }
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    if (!keys[key]) return;
    event.preventDefault();
    if ("wocmrf".includes(key) && shown) held = "";
    queue = queue.then(() => loading).then(() => keys[key]()).catch(() => { held = null; });
  });

  function escape(event) {
    if ($("#bulk")?.children.length) $("#bulk").replaceChildren();
    else if ($("#act")?.children.length && $("#act form, #act .decide")) { $("#act").replaceChildren(); focusPane(); }
    else if (typing(event.target)) event.target.blur();
    else if (shown) shut();
    else return;
    event.preventDefault();
  }

  function focusPane() { pane()?.focus({ preventScroll: true }); }

  // --- clicks

  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-close]")) { const within = event.target.closest("#act, #bulk"); within?.replaceChildren(); focusPane(); return; }
    const row = event.target.closest("#work tbody tr[data-open]");
    if (!row) return;
    place = rows().indexOf(row);
    if (event.target.type === "checkbox") { event.target.checked = !event.target.checked; select(row, event.shiftKey); event.preventDefault(); setTimeout(() => { count(); }); return; }
    if (event.ctrlKey || event.metaKey || event.target.closest("button")) return;
    event.preventDefault();
    go(place, { open: true });
  });

  // --- what was chosen, and what is left of the amount

  document.addEventListener("input", (event) => {
    const form = event.target.closest("form.match");
    if (!form) return;
    const parts = all("input[name=target]", form).map((box) => {
      const part = $("input.number", box.closest("tr"));
      if (part && event.target === part) box.checked = Boolean(part.value.trim());
      if (part && event.target === box) part.value = box.checked && !part.value ? (Number(box.dataset.amount) / 100).toFixed(2) : box.checked ? part.value : "";
      if (!box.checked) return 0;
      return part ? Math.round(Number(part.value.replaceAll(",", "")) * 100) || 0 : Number(box.dataset.amount);
    });
    const chosen = parts.reduce((total, one) => total + one, 0);
    const left = Number(form.dataset.amount) - chosen;
    $("[data-chosen]", form).textContent = cents(chosen);
    const difference = $("[data-difference]", form);
    difference.textContent = cents(left);
    difference.classList.toggle("off", left !== 0);
  });

  // --- what htmx brought

  document.addEventListener("htmx:beforeSwap", (event) => {
    if (event.detail.target.id === "pane" && !shown) event.detail.shouldSwap = false;  // It was closed meanwhile.
  });

  document.addEventListener("htmx:afterSwap", (event) => {
    const target = event.detail.target;
    if (target.id === "pane") {
      document.body.classList.add("open");
      target.scrollTop = 0;
      if (!typing(document.activeElement)) {  // Whoever has begun to type in the filter is left to it.
        focusPane();
        // Magnified, it stands below the list, out of sight.
        if (target.getBoundingClientRect().top > innerHeight / 2) target.scrollIntoView({ block: "start" });
      }
    }
    if (target.id === "raw") target.scrollIntoView({ block: "nearest" });
    if (target.id === "list" || target.closest?.("#work")) { everything = false; anchor = -1; count(); }
  });

  // A form answers to keys once htmx has taken it on, never before: it would be sent as a plain address.
  document.addEventListener("htmx:afterSettle", (event) => {
    const target = event.detail.target;
    if (target.id === "act" || target.id === "bulk") {
      const first = $("[autofocus]", target) || $("button.main", target);
      first?.focus();
      if (held && first?.form && typing(first)) {
        first.value = held.replaceAll("\n", "");
        if (held.endsWith("\n")) first.form.requestSubmit();
      }
      held = null;
    }
  });

  document.addEventListener("submit", (event) => {
    if (event.target.matches("[hx-post]")) event.preventDefault();
  });

  // After a decision the list is asked for anew, and the row that now stands in the same place is the next one.
  document.addEventListener("htmx:responseError", () => { held = null; });
  document.addEventListener("htmx:sendError", () => { held = null; });
  document.addEventListener("decided", () => { loading = refresh(); });

  async function refresh() {
    const here = place;
    if (!$("#list")) { location.reload(); return; }
    const query = new URLSearchParams(new FormData($(".filter"))).toString();
    await settled($("#list"), () => htmx.ajax("GET", `/exceptions?${query}`, { target: "#list", swap: "innerHTML" }));
    $("#bulk").replaceChildren();
    if (rows().length) {
      loading = null;
      go(Math.max(here, 0));
      await loading;
    } else {
      shown = false;
      pane().replaceChildren();
      document.body.classList.remove("open");
    }
  }

  function tell(text) {
    const notice = $("#notice");
    if (notice) notice.textContent = text;
  }

  if (rows().length) go(0, { open: false });
  if ($(".alone-pane")) focusPane();
})();
