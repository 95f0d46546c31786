"use strict";
// The chat page: asks for the chat of the person who sits here, draws what is new,
// and sends what is typed and pressed. The server is playground/page.go.

const $ = (selector) => document.querySelector(selector);
const chat = $("#chat"), input = $("textarea"), userSelect = $("select[name=user]"), menu = $("#menu");
const drawn = new Map(); // message id → {json, element}
let revision = -1, commands = [], asking = null, firstDraw = true;

function make(tag, props = {}, ...children) {
  const element = Object.assign(document.createElement(tag), props);
  element.append(...children);
  return element;
}

async function post(path, body) {
  const answer = await fetch(path, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });
  if (!answer.ok) throw new Error(await answer.text());
  return answer.json();
}

function toast(text) {
  if (!text) return;
  $("#toast").textContent = text;
  $("#toast").hidden = false;
  clearTimeout(toast.timer);
  toast.timer = setTimeout(() => { $("#toast").hidden = true; }, 2600);
}

// follow asks again and again: the server answers as soon as there is something new.
async function follow() {
  for (;;) {
    asking = new AbortController();
    try {
      const query = new URLSearchParams({ user: userSelect.value, after: revision });
      const answer = await fetch("playground/chat?" + query, { signal: asking.signal });
      const state = await answer.json();
      if (state.messages && state.revision !== revision) {
        revision = state.revision;
        draw(state);
      }
      $("#status").classList.remove("lost");
    } catch (problem) {
      if (problem.name !== "AbortError") {
        $("#status").textContent = "waiting for habar …";
        await new Promise((resolve) => setTimeout(resolve, 1000));
      }
    }
  }
}

function draw(state) {
  commands = state.commands;
  $("#title").textContent = state.title || "habar";
  $("#status").textContent = state.typing ? "typing …" : state.title ? "group with habar" : "bot";
  $("#status").classList.toggle("typing", state.typing);
  const atEnd = chat.scrollHeight - chat.scrollTop - chat.clientHeight < 90;
  const present = new Set(state.messages.map((m) => m.id));
  for (const [id, entry] of drawn) if (!present.has(id)) { entry.element.remove(); drawn.delete(id); }
  chat.querySelector(".empty")?.remove();
  let lastMine = false, grew = false;
  for (const m of state.messages) {
    const json = JSON.stringify(m), known = drawn.get(m.id);
    if (known && known.json === json) continue;
    const element = bubble(m);
    if (known) known.element.replaceWith(element);
    else {
      if (!firstDraw) element.classList.add("new");
      chat.append(...dayBefore(m), element);
      grew = true;
      lastMine = m.from === "me";
    }
    drawn.set(m.id, { json, element });
  }
  $("#start").hidden = state.messages.length > 0;
  if (!state.messages.length) {
    chat.append(make("div", { className: "empty" }, make("img", { src: "icon.svg", alt: "" }), make("b", { textContent: "What can this bot do?" }), make("span", { textContent: "Rates, alerts, news and trade of Central Asia" })));
  }
  if (grew && (atEnd || lastMine || firstDraw)) chat.scrollTop = chat.scrollHeight;
  firstDraw = false;
  offerEnd();
}

function dayBefore(m) {
  const day = new Date(m.time).toDateString();
  if (dayBefore.last === day) return [];
  dayBefore.last = day;
  return [make("div", { className: "day", textContent: new Date(m.time).toLocaleDateString(undefined, { day: "numeric", month: "long" }) })];
}

function bubble(m) {
  const body = make("div", { className: "bubble" });
  if (m.name) body.append(make("div", { className: "sender", textContent: m.name }));
  if (m.via) body.append(make("div", { className: "sender", textContent: "via @" + m.via }));
  if (m.photo) {
    const follows = firstDraw || chat.scrollHeight - chat.scrollTop - chat.clientHeight < 90;
    const image = make("img", { src: m.photo, alt: "" });
    image.addEventListener("load", () => { if (follows) chat.scrollTop = chat.scrollHeight; });
    body.append(image);
  }
  if (m.file) body.append(make("a", { className: "file", href: m.file, download: m.fileName }, make("span", { textContent: "📄" }), make("b", { textContent: m.fileName })));
  body.querySelector("img")?.setAttribute("data-role", "photo");
  const text = make("span", { innerHTML: m.html }); // made by the server from parsed entities only
  ownClock(text);
  if (m.only) body.append(make("div", { className: "only", textContent: "only you see this" }));
  body.append(text, make("time", { textContent: (m.silent ? "🔕 " : "") + (m.edited ? "edited " : "") + new Date(m.time).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit", hour12: false }) }));
  const entry = make("article", { className: "entry " + m.from }, body);
  entry.dataset.role = "message";
  entry.dataset.from = m.from;
  entry.dataset.id = m.id;
  if (m.keyboard) entry.append(keyboard(m));
  if (m.from === "me" && !m.via && !m.only) body.addEventListener("dblclick", () => beginEdit(m.id, text.textContent));
  return entry;
}

function keyboard(m) {
  const keys = make("div", { className: "keys" });
  for (const row of m.keyboard) {
    const line = make("div");
    for (const key of row) {
      const button = make("button", { type: "button", textContent: key.text, title: key.text });
      button.dataset.role = "inline";
      button.classList.toggle("web", Boolean(key.url));
      button.addEventListener("click", () => {
        if (key.url) return window.open(key.url, "_blank", "noopener");
        if (key.copy_text) return copy(key.copy_text.text);
        return press(button, m.id, key.callback_data);
      });
      line.append(button);
    }
    keys.append(line);
  }
  return keys;
}

function copy(text) {
  navigator.clipboard?.writeText(text);
  toast("Copied: " + text);
}

// ownClock shows the moments in a text as Telegram does: in this device's clock.
function ownClock(text) {
  for (const at of text.querySelectorAll(".date_time")) {
    const moment = new Date(at.dataset.unix * 1000), minutes = Math.round((moment - Date.now()) / 60000);
    at.title = moment.toLocaleString();
    if (at.dataset.format === "t") at.textContent = moment.toLocaleTimeString([], { hour: "2-digit", minute: "2-digit", hour12: false });
    else if (at.dataset.format === "r" && Math.abs(minutes) < 60) at.textContent = new Intl.RelativeTimeFormat().format(minutes, "minute");
    else if (at.dataset.format === "r" && Math.abs(minutes) < 48 * 60) at.textContent = new Intl.RelativeTimeFormat().format(Math.round(minutes / 60), "hour");
  }
}

async function press(button, message, data) {
  button.classList.add("busy");
  try {
    toast((await post("playground/press", { user: userSelect.value, message, data })).text);
  } catch (problem) {
    toast(problem.message);
  }
  button.classList.remove("busy");
}

let editing = 0; // id of the message of one's own that is being changed

function beginEdit(id, text) {
  editing = id;
  input.value = text;
  typed();
  input.focus();
  toast("Editing: press Enter when done");
}

async function say(text) {
  if (!text.trim()) return;
  const message = editing;
  editing = 0;
  try {
    if (message) await post("playground/edit", { user: userSelect.value, message, text });
    else await post("playground/say", { user: userSelect.value, text });
  } catch (problem) {
    toast(problem.message);
  }
}

function sendTyped() {
  say(input.value);
  input.value = "";
  typed();
}

function typed() {
  input.style.height = "auto";
  input.style.height = Math.min(input.scrollHeight, 140) + "px";
  $("#send").disabled = !input.value.trim();
  const inline = /^@(\w+)\s(.*)$/s.exec(input.value);
  if (inline && inline[1] === "habar_playground_bot") return askInline(inline[2].trim());
  const word = /^\/(\w*)$/.exec(input.value);
  offer(word ? commands.filter((c) => c.command.startsWith(word[1])) : []);
}

// askInline shows what the bot offers for a text behind its name.
async function askInline(query) {
  clearTimeout(askInline.timer);
  askInline.timer = setTimeout(async () => {
    const results = await post("playground/inline", { user: userSelect.value, query }).catch(() => []);
    if (!input.value.startsWith("@")) return;
    menu.replaceChildren(...results.map((r) => {
      const item = make("button", { type: "button" }, make("b", { textContent: r.title }), make("span", { textContent: r.description }));
      item.dataset.role = "result";
      item.addEventListener("click", async () => {
        await post("playground/choose", { user: userSelect.value, id: r.id }).catch((problem) => toast(problem.message));
        input.value = "";
        typed();
      });
      return item;
    }));
    menu.hidden = !results.length;
  }, 200);
}

// offer lists commands above the text; the first is chosen.
function offer(list) {
  menu.replaceChildren(...list.map((c, i) => {
    const item = make("button", { type: "button" }, make("b", { textContent: "/" + c.command }), make("span", { textContent: c.description }));
    item.setAttribute("role", "option");
    item.setAttribute("aria-selected", String(i === 0));
    item.addEventListener("click", () => { input.value = ""; typed(); say("/" + c.command); input.focus(); });
    item.dataset.command = c.command;
    return item;
  }));
  menu.hidden = !list.length;
}

function choose(step) {
  const items = [...menu.children], at = items.findIndex((i) => i.getAttribute("aria-selected") === "true");
  const next = (at + step + items.length) % items.length;
  items.forEach((item, i) => item.setAttribute("aria-selected", String(i === next)));
  items[next].scrollIntoView({ block: "nearest" });
}

input.addEventListener("keydown", (event) => {
  const open = !menu.hidden;
  if (open && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
    event.preventDefault();
    choose(event.key === "ArrowDown" ? 1 : -1);
  } else if (open && event.key === "Tab") {
    event.preventDefault();
    input.value = "/" + menu.querySelector("[aria-selected=true]").dataset.command + " ";
    typed();
  } else if (open && event.key === "Escape") {
    offer([]);
  } else if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
    event.preventDefault();
    if (input.value.startsWith("@habar_playground_bot")) return menu.querySelector("button")?.click();
    const chosen = open && menu.querySelector("[aria-selected=true]");
    if (chosen && /^\/\w*$/.test(input.value)) input.value = "/" + chosen.dataset.command;
    sendTyped();
  }
});
input.addEventListener("input", () => {
  if (input.value.startsWith("\n")) input.value = input.value.trimStart(); // the Enter that sent the last text
  typed();
});
$("#composer").addEventListener("submit", (event) => { event.preventDefault(); sendTyped(); input.focus(); });
$("#commands").addEventListener("click", () => { offer(menu.hidden ? commands : []); input.focus(); });
$("#attach").addEventListener("click", () => $("#file").click());
$("#file").addEventListener("change", async () => {
  const file = $("#file").files[0];
  $("#file").value = "";
  if (!file) return;
  try {
    const bytes = new Uint8Array(await file.arrayBuffer());
    let packed = "";
    for (let at = 0; at < bytes.length; at += 4096) packed += String.fromCharCode(...bytes.subarray(at, at + 4096));
    await post("playground/upload", { user: userSelect.value, name: file.name, data: btoa(packed), text: input.value });
    input.value = "";
    typed();
  } catch (problem) { toast(problem.message); }
});
$("#place").addEventListener("click", () => { input.value = "📍 42.87, 74.59"; typed(); input.focus(); });
$("#start").addEventListener("click", () => say("/start"));

chat.addEventListener("click", (event) => {
  const at = event.target;
  if (at.closest("a")) return;
  if (at.classList.contains("bot_command")) say(at.textContent.trim());
  else if (at.classList.contains("spoiler")) at.classList.add("seen");
  else if (at.closest("code")) { navigator.clipboard?.writeText(at.closest("code").textContent); toast("Copied"); }
  else at.closest("blockquote.expandable")?.classList.toggle("whole");
});

function offerEnd() { $("#down").hidden = chat.scrollHeight - chat.scrollTop - chat.clientHeight < 160; }
chat.addEventListener("scroll", offerEnd);
$("#down").addEventListener("click", () => chat.scrollTo({ top: chat.scrollHeight, behavior: "smooth" }));

function remember(key, value) { try { localStorage.setItem(key, value); } catch { /* private window */ } }
function recall(key) { try { return localStorage.getItem(key); } catch { return null; } }

function setTheme(theme) { document.documentElement.dataset.theme = theme; }
setTheme(recall("theme") || (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light"));
$("#theme").addEventListener("click", () => {
  setTheme(document.documentElement.dataset.theme === "dark" ? "light" : "dark");
  remember("theme", document.documentElement.dataset.theme);
});

userSelect.addEventListener("change", () => {
  remember("user", userSelect.value);
  revision = -1;
  firstDraw = true;
  dayBefore.last = null;
  drawn.clear();
  chat.replaceChildren();
  asking?.abort();
  input.focus();
});

(async () => {
  const seats = await (await fetch("playground/seats")).json();
  userSelect.append(...seats.map((s) => make("option", { value: s.id, textContent: s.label })));
  const last = recall("user");
  if (seats.some((s) => s.id === last)) userSelect.value = last;
  typed();
  follow();
})();
