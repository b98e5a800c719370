// Shows at once, by pointer, touch and arrow keys, what the figures' titles say without any script.
"use strict";
document.querySelectorAll("figure").forEach((figure) => {
  const drawing = figure.querySelector("svg");
  const spots = [...figure.querySelectorAll(".spots > *")];
  if (!spots.length) return;
  const texts = spots.map((spot) => {
    const title = spot.querySelector("title");
    const text = title.textContent;
    title.remove();
    return text;
  });
  const note = document.createElement("div");
  note.className = "note";
  note.setAttribute("role", "status");
  note.hidden = true;
  drawing.after(note);
  let shown = -1;

  function show(n) {
    if (shown >= 0) spots[shown].classList.remove("on");
    shown = n;
    note.hidden = n < 0;
    if (n < 0) return;
    spots[n].classList.add("on");
    note.textContent = texts[n];
    const frame = figure.getBoundingClientRect();
    const spot = spots[n].getBoundingClientRect();
    const middle = (spot.left + spot.right) / 2 - frame.left;
    const right = middle < frame.width / 2;
    note.style.left = Math.max(0, Math.min(right ? middle + 14 : middle - 14 - note.offsetWidth,
      frame.width - note.offsetWidth)) + "px";
    note.style.top = Math.max(0, spot.top - frame.top + Math.min(spot.height / 4, 20)) + "px";
  }

  spots.forEach((spot, n) => {
    spot.addEventListener("pointerenter", () => show(n));
    spot.addEventListener("pointerdown", () => show(n));
  });
  drawing.addEventListener("pointerleave", (event) => { if (event.pointerType === "mouse") show(-1); });
  drawing.setAttribute("tabindex", "0");
  drawing.setAttribute("aria-label", drawing.getAttribute("aria-label") + " The arrow keys read its values.");
  drawing.addEventListener("blur", () => show(-1));
  drawing.addEventListener("keydown", (event) => {
    const steps = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 };
    if (event.key === "Escape") show(-1);
    if (!(event.key in steps)) return;
    event.preventDefault();
    show(Math.max(0, Math.min(spots.length - 1, shown < 0 ? 0 : shown + steps[event.key])));
  });
});
// A table that fits needs no stop of the tab key.
document.querySelectorAll(".scroll").forEach((box) => {
  if (box.scrollWidth <= box.clientWidth) box.removeAttribute("tabindex");
});
