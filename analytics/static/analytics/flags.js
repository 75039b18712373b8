/* Zuka's flags in the browser, beside t.js: zuka.flag("name") after zuka.flags(callback); see docs/tracker.md.
   Draws as zuka/platform/flags/bucketing.py does: SHA-256 of "salt:visitor", modulo 10,000. */
(function (window, document) {
  "use strict";
  var zuka = window.zuka;
  if (!zuka || !zuka.headers || zuka.flag) return; // no tracker, or included twice

  var script = document.currentScript || document.querySelector("script[data-key][src*='flags.js']");
  var key = script.getAttribute("data-key");
  var door = new URL(script.getAttribute("data-api") || "/api/v1/flags/", script.src);
  var BUCKETS = 10000;
  var known = null; // flags by name, once they are here
  var waiting = [];

  // The first 32 bits of the fractional parts of the square and cube roots of the first primes (FIPS 180-4).
  var START = [];
  var ROUNDS = [];
  (function () {
    function fraction(root) {
      return ((root - Math.floor(root)) * 4294967296) | 0;
    }
    for (var n = 2, prime; ROUNDS.length < 64; n++) {
      prime = true;
      for (var by = 2; by * by <= n; by++) if (n % by === 0) prime = false;
      if (!prime) continue;
      if (START.length < 8) START.push(fraction(Math.sqrt(n)));
      ROUNDS.push(fraction(Math.cbrt(n)));
    }
  })();

  function turn(word, by) {
    return (word >>> by) | (word << (32 - by));
  }
  function sha256(text) {
    var bytes = Array.from(new TextEncoder().encode(text));
    var bits = bytes.length * 8;
    bytes.push(128);
    while (bytes.length % 64 !== 56) bytes.push(0);
    bytes.push(0, 0, 0, 0, bits >>> 24, bits >>> 16, bits >>> 8, bits);
    var hash = START.slice();
    for (var at = 0; at < bytes.length; at += 64) block(hash, bytes, at);
    return hash;
  }
  function block(hash, bytes, at) {
    var words = [];
    var now = hash.slice();
    for (var i = 0; i < 64; i++) {
      if (i < 16) {
        var p = at + i * 4;
        words[i] = (bytes[p] << 24) | ((bytes[p + 1] & 255) << 16) | ((bytes[p + 2] & 255) << 8) | (bytes[p + 3] & 255);
      } else {
        var a = words[i - 15];
        var b = words[i - 2];
        var low = turn(a, 7) ^ turn(a, 18) ^ (a >>> 3);
        var high = turn(b, 17) ^ turn(b, 19) ^ (b >>> 10);
        words[i] = (words[i - 16] + low + words[i - 7] + high) | 0;
      }
      var e = now[4];
      var choice = (e & now[5]) ^ (~e & now[6]);
      var one = (now[7] + (turn(e, 6) ^ turn(e, 11) ^ turn(e, 25)) + choice + ROUNDS[i] + words[i]) | 0;
      var most = (now[0] & now[1]) ^ (now[0] & now[2]) ^ (now[1] & now[2]);
      var two = ((turn(now[0], 2) ^ turn(now[0], 13) ^ turn(now[0], 22)) + most) | 0;
      now = [(one + two) | 0, now[0], now[1], now[2], (now[3] + one) | 0, e, now[5], now[6]];
    }
    for (var j = 0; j < 8; j++) hash[j] = (hash[j] + now[j]) | 0;
  }
  function bucket(salt, unit) {
    return sha256(salt + ":" + unit).reduce(function (rest, word) {
      return (rest * 4294967296 + (word >>> 0)) % BUCKETS;
    }, 0);
  }

  // What a flag is for a visitor: a variant, true or false.
  function drawn(draw, visitor) {
    if (!visitor || bucket(draw.salt, visitor) >= draw.rollout) return false;
    if (!draw.variants.length) return true;
    var total = 0;
    draw.variants.forEach(function (each) {
      total += each.weight;
    });
    var place = bucket(draw.salt + "/variant", visitor) * total;
    for (var i = 0; i < draw.variants.length; i++) {
      place -= draw.variants[i].weight * BUCKETS;
      if (place < 0) return draw.variants[i].name;
    }
    return false;
  }
  function evaluate(flag) {
    if (!flag) return false;
    if (flag.draw) return drawn(flag.draw, zuka.headers()["X-Zuka-Visitor"]);
    return flag.is_on && (flag.variant || true);
  }

  // Once a tab's session; reports count a person once however often it is told.
  function seen(name, variant) {
    try {
      if (sessionStorage.getItem("zuka.seen." + name) === variant) return;
      sessionStorage.setItem("zuka.seen." + name, variant);
    } catch (error) {} // storage is forbidden: then it is told on each page
    zuka.track("experiment.viewed", { experiment_id: name, variation_id: variant });
  }

  zuka.flag = function (name) {
    try {
      var flag = known && known[name];
      var said = evaluate(flag);
      if (flag && flag.is_experiment && typeof said === "string") seen(name, said);
      return said;
    } catch (error) {
      return false; // a flag must never break the page
    }
  };
  zuka.flags = function (call) {
    if (known) call();
    else waiting.push(call);
  };
  function ready(flags) {
    known = {};
    flags.forEach(function (flag) {
      known[flag.name] = flag;
    });
    waiting.splice(0).forEach(function (call) {
      try {
        call();
      } catch (error) {
        setTimeout(function () {
          throw error; // the page's own mistake is said, and the next one is called
        });
      }
    });
  }

  door.searchParams.set("key", key || "");
  window
    .fetch(door.href, { credentials: "omit" })
    .then(function (answer) {
      return answer.ok ? answer.json() : { flags: [] };
    })
    .catch(function () {
      return { flags: [] }; // away: everything is off
    })
    .then(function (said) {
      ready(said.flags);
    });
})(window, document);
