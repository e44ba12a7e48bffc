"use strict";
// Asks for this page again every two seconds, puts what is new into the one that is shown, and draws the arrows.
(() => {
  const EVERY = 2000, PATIENCE = 6000, MOMENTS = 90;
  const rates = [];
  let asOf = new Date(), state = "", timer = 0;
  const one = (selector) => document.querySelector(selector);
  const svg = (name, attributes) => {
    const made = document.createElementNS("http://www.w3.org/2000/svg", name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    return made;
  };

  // Only what differs is touched, so that focus and selection stay where they are.
  function become(shown, fresh) {
    if (shown.nodeType !== fresh.nodeType || shown.nodeName !== fresh.nodeName || shown.id !== fresh.id) {
      shown.replaceWith(document.importNode(fresh, true));
    } else if (shown.nodeType !== Node.ELEMENT_NODE) {
      if (shown.data !== fresh.data) shown.data = fresh.data;
    } else if (!shown.hasAttribute("data-own")) {
      for (const { name } of [...shown.attributes]) if (!fresh.hasAttribute(name)) shown.removeAttribute(name);
      for (const { name, value } of fresh.attributes) {
        if (shown.getAttribute(name) !== value) shown.setAttribute(name, value);
      }
      const before = [...shown.childNodes], now = [...fresh.childNodes];
      now.forEach((each, place) => {
        if (before[place]) become(before[place], each);
        else shown.append(document.importNode(each, true));
      });
      before.slice(now.length).forEach((each) => each.remove());
    }
  }

  function drawRates() {
    const place = one(".spark"), most = Math.max(...rates, 1);
    if (!place || rates.length < 2) return;
    const points = rates.map((each, at) => `${100 - (100 * (rates.length - 1 - at)) / (MOMENTS - 1)},${20 - (19 * each) / most}`).join(" ");
    const drawn = svg("svg", { viewBox: "0 0 100 20", preserveAspectRatio: "none", "aria-hidden": "true" });
    drawn.append(svg("polyline", { points }));
    place.replaceChildren(drawn);
  }

  function drawArrows() {
    const drawing = one(".edges");
    if (!drawing || getComputedStyle(drawing).display === "none") return;
    const whole = drawing.getBoundingClientRect(), paths = [];
    for (const source of document.querySelectorAll("[data-to]")) {
      const from = source.getBoundingClientRect(), right = source.closest(".card").getBoundingClientRect().right;
      for (const key of source.dataset.to.split(" ").filter(Boolean)) {
        const target = document.getElementById(key);
        if (!target) continue;
        const to = target.getBoundingClientRect(), head = Math.min(to.height / 2, 22);
        const x1 = right - whole.left, y1 = from.top + from.height / 2 - whole.top;
        const x2 = to.left - whole.left - 5, y2 = to.top + head - whole.top, bend = Math.max((x2 - x1) / 2, 12);
        const broken = target.querySelector(".state") && !target.querySelector(".s-connected, .s-healthy, .s-idle");
        const kind = broken ? "broken" : source.tagName === "LI" ? "branch" : "";
        paths.push(svg("path", { class: kind, d: `M${x1},${y1}C${x1 + bend},${y1} ${x2 - bend},${y2} ${x2},${y2}m-5,-4l5,4l-5,4` }));
      }
    }
    drawing.replaceChildren(...paths);
  }

  // Screen readers are told of changes of state alone, not of each figure.
  function tell() {
    const now = one("main").dataset.state;
    if (state && now !== state) one("#said").textContent = one("#sentence").textContent;
    state = now;
  }

  function shown() {
    const rate = one("main").dataset.rate;
    if (rate !== "") rates.push(Number(rate));
    if (rates.length > MOMENTS) rates.shift();
    document.title = one("main").dataset.title;
    drawRates();
    drawArrows();
    tell();
  }

  function old(why) {
    const place = one("#stale");
    place.textContent = `${why} What stands below is of ${asOf.toLocaleTimeString()}; asking again every two seconds.`;
    place.hidden = false;
    document.body.classList.add("stale");
    document.title = "✕ dotchain: no answer";
  }

  async function ask() {
    try {
      const response = await fetch("/", { cache: "no-store", signal: AbortSignal.timeout(PATIENCE) });
      const fresh = new DOMParser().parseFromString(await response.text(), "text/html");
      const why = fresh.querySelector("#why");
      if (why) return old(`The daemon can't tell how it is: ${why.textContent}.`);
      become(one("main"), fresh.querySelector("main"));
      become(one(".about"), fresh.querySelector(".about"));
      asOf = new Date();
      one("#stale").hidden = true;
      document.body.classList.remove("stale");
      shown();
    } catch {
      old("The daemon does not answer.");
    }
  }

  async function again(wait) {
    clearTimeout(timer);
    timer = setTimeout(async () => {
      if (!document.hidden) await ask();
      again(EVERY);
    }, wait);
  }

  document.addEventListener("visibilitychange", () => document.hidden || again(0));
  addEventListener("resize", drawArrows);
  shown();
  again(1200);
})();
