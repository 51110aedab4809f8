// A picture that somebody chose: looked at before it is unpacked, then made as small as a frame.
"use strict";

const MOST_BYTES = 30e6; // a photograph of a telephone has 3 to 12
const MOST_PIXELS = 100e6;
const DAMAGED = "This picture is damaged or cut short.";

// What is wrong with a file, in words for the reader.
class Unfit extends Error {}

function text(view, at, length) {
  return String.fromCharCode(...new Uint8Array(view.buffer, at, length));
}

// Whether some bytes come in the second half of a file.
function late(view, ...mark) {
  const bytes = new Uint8Array(view.buffer);
  let at = bytes.lastIndexOf(mark[0]);
  while (at >= bytes.length / 2) {
    if (mark.every((byte, n) => bytes[at + n] === byte)) return true;
    at = bytes.lastIndexOf(mark[0], at - 1);
  }
  return false;
}

function jpeg(view) {
  let at = 2;
  while (view.getUint8(at) === 0xff) {
    const kind = view.getUint8(at + 1);
    if (kind >= 0xc0 && kind <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(kind)) {
      return {
        size: [view.getUint16(at + 7), view.getUint16(at + 5)],
        whole: late(view, 0xff, 0xd9), // which the picture inside the head of one may have too
      };
    }
    at += 2 + view.getUint16(at + 2);
  }
  throw new Unfit(DAMAGED);
}

function png(view) {
  return {
    size: [view.getUint32(16), view.getUint32(20)],
    whole: late(view, ...[..."IEND"].map((letter) => letter.charCodeAt(0))),
  };
}

function webp(view) {
  const three = (at) => view.getUint16(at, true) + 65536 * view.getUint8(at + 2);
  const packed = () => view.getUint32(21, true);
  const size = {
    "VP8X": () => [three(24) + 1, three(27) + 1],
    "VP8L": () => [(packed() & 0x3fff) + 1, ((packed() >> 14) & 0x3fff) + 1],
    "VP8 ": () => [view.getUint16(26, true) & 0x3fff, view.getUint16(28, true) & 0x3fff],
  }[text(view, 12, 4)];
  if (!size) throw new Unfit(DAMAGED);
  return { size: size(), whole: view.getUint32(4, true) + 8 <= view.byteLength };
}

// Width and height of the picture in a file, and whether it is whole.
function look(view) {
  const starts = (mark, at = 0) =>
    view.byteLength >= at + mark.length && text(view, at, mark.length) === mark;
  const reader =
    (starts("\xff\xd8\xff") && jpeg) ||
    (starts("\x89PNG\r\n\x1a\n") && png) ||
    (starts("RIFF") && starts("WEBP", 8) && webp);
  if (!reader) throw new Unfit("This file is no picture that is read: choose a JPEG, PNG or WebP.");
  return reader(view);
}

// Return the picture in a file on a canvas whose longer side has at most `longest` pixels.
async function shrunk(file, longest) {
  if (file.size > MOST_BYTES) {
    const size = (file.size / 1e6).toFixed(0);
    throw new Unfit(`This file has ${size} MB; at most ${MOST_BYTES / 1e6} MB are read.`);
  }
  let bitmap = null;
  try {
    const { size, whole } = look(new DataView(await file.arrayBuffer()));
    if (size[0] * size[1] > MOST_PIXELS) {
      const most = MOST_PIXELS / 1e6;
      throw new Unfit(`This picture has ${size.join(" x ")} pixels; at most ${most} million are read.`);
    }
    if (!whole) throw new Unfit(DAMAGED);
    bitmap = await createImageBitmap(file); // upright, as the file says it was taken
  } catch (error) {
    throw error instanceof Unfit ? error : new Unfit(DAMAGED);
  }
  const shrink = Math.min(1, longest / Math.max(bitmap.width, bitmap.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(bitmap.width * shrink));
  canvas.height = Math.max(1, Math.round(bitmap.height * shrink));
  const pen = canvas.getContext("2d");
  pen.fillStyle = "white"; // behind what is transparent
  pen.fillRect(0, 0, canvas.width, canvas.height);
  pen.imageSmoothingQuality = "high";
  pen.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  bitmap.close();
  return canvas;
}
