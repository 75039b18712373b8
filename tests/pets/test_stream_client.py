"""The storefront's reader of streams, in Node: an answer is whole with its `done`, and broken off without."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest

# The shop itself needs no Node: where there is none, the browser journeys alone run its script.
pytestmark = pytest.mark.skipif(not shutil.which("node"), reason="this machine has no Node to run the shop's script")
SHOP = Path(__file__).parents[2] / "zuka" / "shop" / "static" / "shop"
API = """
export class Unreachable extends Error {}
const pull = (parts) => (box) => {
  const part = parts.shift();
  if (part === undefined) return box.close();
  return part === "cut" ? box.error(new Error("cut")) : box.enqueue(new TextEncoder().encode(part));
};
export const ask = async () => new Response(new ReadableStream({ pull: pull(JSON.parse(process.argv[2])) }));
"""
STORY = """
import { Unreachable } from "./api.js";
import { stream } from "./pet_stream.js";
const words = [];
const whole = await stream("", {}, { piece: ({ text }) => words.push(text) }).catch((error) => {
  if (!(error instanceof Unreachable)) throw error; // broken off is what is tested, and told below
  return "unreachable";
});
console.log(JSON.stringify([whole, words]));
"""
PIECE, DONE = 'event: piece\ndata: {"text": "Hi"}\n\n', "event: done\ndata: {}\n\n"


@pytest.mark.parametrize(
    ("parts", "told"),
    [
        ([PIECE[:20], PIECE[20:] + DONE], [True, ["Hi"]]),
        ([PIECE], ["unreachable", ["Hi"]]),
        ([PIECE, "cut"], ["unreachable", ["Hi"]]),
    ],
    ids=["whole", "without its end", "cut"],
)
def test_an_answer_is_whole_or_broken_off(tmp_path, parts, told):
    files = {"api.js": API, "site.js": 'export const streams = "/";', "story.js": STORY}
    files["package.json"] = '{"type": "module"}'
    files["pet_stream.js"] = (SHOP / "pet_stream.js").read_text(encoding="utf-8")
    for name, text in files.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    command = ["node", "story.js", json.dumps(parts)]
    ran = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False)
    assert (ran.returncode, json.loads(ran.stdout or "null")) == (0, told), ran.stderr
