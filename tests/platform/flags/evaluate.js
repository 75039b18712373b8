// Evaluates flags as a page would: reads [{draw, visitor}] from stdin, and writes what zuka.flag() says of each.
const fs = require("fs");
const vm = require("vm");
const source = fs.readFileSync(process.argv[2], "utf8");
const asked = JSON.parse(fs.readFileSync(0, "utf8"));

let visitor = "";
const zuka = { headers: () => (visitor ? { "X-Zuka-Visitor": visitor } : {}), track: () => undefined };
const script = { src: "https://zuka.example/flags.js", getAttribute: (name) => (name === "data-key" ? "zpk_1" : null) };
const flags = asked.map((each, place) => ({ name: `flag-${place}`, draw: each.draw, is_experiment: true }));
const window = { zuka, fetch: async () => ({ ok: true, json: async () => ({ flags }) }) };
const page = { window, document: { currentScript: script }, URL, TextEncoder, setTimeout };

vm.runInNewContext(source, page);
zuka.flags(() => {
  const said = asked.map((each, place) => {
    visitor = each.visitor;
    return zuka.flag(`flag-${place}`);
  });
  process.stdout.write(JSON.stringify(said));
});
