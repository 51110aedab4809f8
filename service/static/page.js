// Start camera, connect, test frame; or choose a picture and test it. Nothing is sent but what is
// tested.
"use strict";

const LONGEST = 640; // pixels of the longer side of what is sent
const COLOURS = ["#56b4e9", "#e69f00", "#00c896", "#f0e442", "#ff9ecb", "#ffffff"];
const at = (id) => document.getElementById(id);
const [live, tested] = [at("live"), at("tested")];

let stream = null;
let socket = null;
let waiting = null; // the frame that was sent: a canvas, and when
let picture = null; // the one that was chosen: a canvas
let last = null; // the frame that was answered, and the answer

function say(text) {
  at("status").textContent = text;
}

function refresh() {
  const connected = socket !== null && socket.readyState === WebSocket.OPEN;
  at("camera").textContent = stream ? "Stop camera" : "Start camera";
  at("camera").setAttribute("aria-pressed", String(stream !== null));
  at("connect").textContent = connected ? "Disconnect" : "Connect";
  at("connect").setAttribute("aria-pressed", String(connected));
  at("test").disabled = !(stream && connected && !waiting);
  at("test-picture").disabled = !(picture && !waiting);
  at("save").disabled = last === null;
}

async function toggleCamera() {
  if (stream) {
    stream.getTracks().forEach((track) => track.stop());
    stream = live.srcObject = null;
    say("The camera is off.");
    refresh();
    return;
  }
  if (!navigator.mediaDevices) {
    say("This browser gives the camera only to https pages and to pages of its own machine.");
    return;
  }
  try {
    stream = await navigator.mediaDevices.getUserMedia({
      video: { width: { ideal: 640 }, height: { ideal: 480 }, facingMode: "user" },
      audio: false,
    });
    live.srcObject = stream;
    await live.play();
    say(socket ? "The camera is on. Test a frame." : "The camera is on. Now connect.");
  } catch (error) {
    stream = null;
    const reasons = {
      NotAllowedError: "The camera was not allowed.",
      NotFoundError: "No camera was found.",
      NotReadableError: "The camera is in use by another program.",
    };
    say(reasons[error.name] || `The camera cannot be used (${error.name}).`);
  }
  refresh();
}

function toggleConnection() {
  if (socket) {
    socket.close();
    return;
  }
  const scheme = location.protocol === "https:" ? "wss" : "ws";
  let opened = false;
  socket = new WebSocket(`${scheme}://${location.host}/frames`);
  say("Connecting.");
  socket.addEventListener("open", () => {
    opened = true;
    sendAlign();
    say(stream ? "Connected. Test a frame." : "Connected. Now start the camera.");
    refresh();
  });
  socket.addEventListener("message", (event) => received(JSON.parse(event.data)));
  socket.addEventListener("close", () => {
    socket = waiting = null;
    say(opened ? "The connection is closed." : "The service did not take the connection.");
    refresh();
  });
}

function sendAlign() {
  if (socket && socket.readyState === WebSocket.OPEN) {
    socket.send(JSON.stringify({ align: at("align").checked }));
  }
}

function send(frame, what) {
  if (waiting) return;
  waiting = { frame, since: performance.now() };
  say(`${what} sent.`);
  refresh();
  frame.toBlob((blob) => socket && socket.send(blob), "image/jpeg", 0.9);
}

function testFrame() {
  const shrink = Math.min(1, LONGEST / Math.max(live.videoWidth, live.videoHeight));
  const frame = document.createElement("canvas");
  frame.width = Math.round(live.videoWidth * shrink);
  frame.height = Math.round(live.videoHeight * shrink);
  frame.getContext("2d").drawImage(live, 0, 0, frame.width, frame.height);
  send(frame, "Frame");
}

async function choose() {
  const [file] = at("picture").files;
  let [made, words] = [null, "No picture is chosen."];
  if (file) {
    try {
      made = await shrunk(file, LONGEST);
      words = `The picture is chosen, shown with ${made.width} x ${made.height} pixels. Test it.`;
    } catch (error) {
      words = error.message;
    }
  }
  if (at("picture").files[0] !== file) return; // another one was chosen meanwhile
  picture = made;
  const chosen = at("chosen");
  chosen.parentElement.hidden = !picture;
  if (picture) {
    [chosen.width, chosen.height] = [picture.width, picture.height];
    chosen.getContext("2d").drawImage(picture, 0, 0);
    chosen.setAttribute("aria-label", `The chosen picture, ${file.name}`);
  }
  say(words);
  refresh();
}

// Connect if need be; whether it is connected then.
function connected() {
  if (!socket) toggleConnection();
  if (socket.readyState === WebSocket.OPEN) return true;
  return new Promise((done) => {
    socket.addEventListener("open", () => done(true));
    socket.addEventListener("close", () => done(false));
  });
}

async function testPicture() {
  const frame = picture;
  if (await connected()) send(frame, "Picture");
}

function received(answer) {
  if (answer.kind === "settings") return;
  const sent = waiting;
  waiting = null;
  if (answer.kind === "faces" && sent) {
    last = { frame: sent.frame, answer, took: performance.now() - sent.since };
    show();
  }
  say(answer.text);
  refresh();
}

const percent = (share) => `${Math.round(100 * share)} %`;
const threshold = () => Number(at("threshold").value);

function labels(face) {
  const [emotion, share] = Object.entries(face.p_emotion).sort((a, b) => b[1] - a[1])[0];
  const genuine = face.p_genuine >= threshold();
  return {
    emotion: `${emotion} ${percent(share)}`,
    authenticity: genuine
      ? `genuine ${percent(face.p_genuine)}`
      : `fake ${percent(1 - face.p_genuine)}`,
  };
}

function show() {
  if (!last) return;
  draw();
  const parts = last.answer.faces.map(card);
  const none = document.createElement("p");
  none.textContent = last.answer.text;
  at("result").replaceChildren(...(parts.length ? parts : [none]));
  const spent = Object.entries(last.answer.ms).map(([stage, ms]) => `${stage} ${ms.toFixed(1)}`);
  at("times").textContent =
    `Answered after ${last.took.toFixed(0)} ms; of these, in milliseconds: ${spent.join(", ")}.`;
}

function draw() {
  const { frame, answer } = last;
  tested.width = frame.width;
  tested.height = frame.height;
  tested.style.aspectRatio = `${frame.width} / ${frame.height}`;
  const pen = tested.getContext("2d");
  pen.drawImage(frame, 0, 0);
  // As large as the text of the page, however small the picture is shown.
  const size = Math.round((15 * frame.width) / (tested.clientWidth || frame.width));
  pen.font = `600 ${size}px system-ui, sans-serif`;
  pen.textBaseline = "top";
  answer.faces.forEach((face, place) => {
    const [x, y, width, height] = face.box;
    const { emotion, authenticity } = labels(face);
    const lines = [`${place + 1}: ${emotion}`, authenticity];
    const wide = Math.max(...lines.map((line) => pen.measureText(line).width)) + 10;
    const high = lines.length * size * 1.25 + 6;
    const left = Math.max(0, Math.min(x, frame.width - wide));
    const top = y > high ? y - high : Math.min(y + height, frame.height - high);
    pen.lineWidth = Math.max(2, frame.width / 240);
    pen.strokeStyle = COLOURS[place % COLOURS.length];
    pen.strokeRect(x, y, width, height);
    pen.fillStyle = "rgb(10 12 14 / 85%)";
    pen.fillRect(left, top, wide, high);
    pen.fillStyle = COLOURS[place % COLOURS.length];
    lines.forEach((line, n) => pen.fillText(line, left + 5, top + 4 + n * size * 1.25));
  });
  const told = answer.faces.map((face, place) => {
    const { emotion, authenticity } = labels(face);
    return `face ${place + 1}: ${emotion}, ${authenticity}`;
  });
  tested.setAttribute("aria-label", ["The tested picture", ...told].join("; "));
}

function element(tag, text, more = {}) {
  const made = Object.assign(document.createElement(tag), more);
  if (text !== undefined) made.textContent = text;
  return made;
}

function row(name, share) {
  const NS = "http://www.w3.org/2000/svg";
  const made = document.createElement("tr");
  const bar = document.createElementNS(NS, "svg");
  bar.setAttribute("class", "bar");
  bar.setAttribute("viewBox", "0 0 100 10");
  bar.setAttribute("preserveAspectRatio", "none");
  bar.setAttribute("aria-hidden", "true");
  const filled = document.createElementNS(NS, "rect");
  filled.setAttribute("width", (100 * share).toFixed(1));
  filled.setAttribute("height", "10");
  bar.append(filled);
  const cell = document.createElement("td");
  cell.append(bar);
  made.append(
    element("th", name, { scope: "row" }),
    element("td", percent(share), { className: "number" }),
    cell,
  );
  return made;
}

function card(face, place) {
  const made = element("article", undefined, { className: "face" });
  const { emotion, authenticity } = labels(face);
  const heading = element("h3", `Face ${place + 1}: ${emotion}, ${authenticity}`);
  const table = document.createElement("table");
  table.append(element("caption", "Probabilities"));
  const body = document.createElement("tbody");
  body.append(...Object.entries(face.p_emotion).map(([name, share]) => row(name, share)));
  body.append(row("genuine", face.p_genuine));
  table.append(body);
  made.append(heading, table);
  return made;
}

function save() {
  tested.toBlob((blob) => {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(blob);
    link.download = `frame-${new Date().toISOString().slice(0, 19).replaceAll(":", "-")}.png`;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
    say("The frame was saved by this browser.");
  });
}

async function origin() {
  const about = await (await fetch("/about")).json();
  const words = [
    about.data_kind === "rendered"
      ? "The model learnt from rendered faces, not from people; the cues it looks for were planted."
      : `The model learnt from the data set ${about.data}, with labels that people gave.`,
  ];
  if (about.profile === "smoke") {
    words.push("It was trained for seconds, to test the programs: its answers mean nothing.");
  } else if (about.random_start) {
    words.push("It began without pretrained weights.");
  }
  at("learnt").textContent = words.join(" ");
}

at("where").textContent = location.host;
at("camera").addEventListener("click", toggleCamera);
at("connect").addEventListener("click", toggleConnection);
at("test").addEventListener("click", testFrame);
at("picture").addEventListener("change", choose);
at("test-picture").addEventListener("click", testPicture);
at("save").addEventListener("click", save);
at("align").addEventListener("change", sendAlign);
at("threshold").addEventListener("input", () => {
  at("threshold-shown").textContent = threshold().toFixed(2);
  show();
});
origin().catch(() => {
  at("learnt").textContent = "The model's origin could not be looked up.";
});
refresh();
