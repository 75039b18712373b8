/* Zuka's browser tracker. <script src="/t.js" data-key="zpk_…" defer></script>, then window.zuka; see docs/tracker.md. */
(function (window, document) {
  "use strict";
  if (window.zuka && window.zuka.headers) return; // included twice

  var script = document.currentScript || document.querySelector("script[data-key]");
  var key = script.getAttribute("data-key");
  var door = new URL(script.getAttribute("data-api") || "/api/v1/events", script.src).href;
  var navigator = window.navigator;
  var off = !key || navigator.globalPrivacyControl === true || navigator.doNotTrack === "1" || window.doNotTrack === "1";

  var cookie = script.getAttribute("data-cookie"); // a domain, or "on"
  var hashed = script.getAttribute("data-hash") === "on";

  var IDLE = 30 * 60 * 1000;
  var WAIT = 5000;
  var PIECE = 10;
  var KEPT = 200;
  var ORPHAN = 60000;
  var BEACON = 60000; // browsers refuse more in one beacon
  var UTM = /^(utm_(source|medium|campaign|term|content)|gclid|gbraid|wbraid|fbclid|msclkid|ttclid|twclid|li_fat_id)$/;

  var memory = {};
  function read(name) {
    if (name in memory) return memory[name];
    try {
      return JSON.parse(localStorage.getItem("zuka." + name));
    } catch (error) { // storage is blocked or holds no JSON: the page counts without it
      return null;
    }
  }
  function write(name, value) {
    try {
      if (name !== "consent" && consent() !== true) throw 0;
      if (value === null) localStorage.removeItem("zuka." + name);
      else localStorage.setItem("zuka." + name, JSON.stringify(value));
      delete memory[name];
    } catch (error) {
      memory[name] = value; // full or forbidden
    }
  }
  function names() {
    try {
      return Object.keys(localStorage).filter(function (name) {
        return /^zuka\.(visitor|session|user|queue\..*)$/.test(name); // a shop may keep more under our name
      });
    } catch (error) {
      return [];
    }
  }

  // Read each time, so that a word said in another tab counts here.
  function consent() {
    var said = read("consent");
    return said === null ? !script.hasAttribute("data-consent") || "pending" : said;
  }
  function silent() {
    return off || consent() === false;
  }
  function decide(said) {
    said = said === "pending" ? said : said === true;
    if (!said) {
      queue = [];
      memory = {};
      names().forEach(function (name) {
        localStorage.removeItem(name);
      });
      bake("", 0);
    }
    write("consent", said);
    if (said === true) {
      Object.keys(memory).forEach(function (name) {
        write(name, memory[name]);
      });
      flush();
    }
  }

  function uuid() {
    var bytes = crypto.getRandomValues(new Uint8Array(10));
    var hex = ("0" + Date.now().toString(16)).slice(-12);
    bytes[0] = (bytes[0] & 15) | 112;
    bytes[2] = (bytes[2] & 63) | 128;
    bytes.forEach(function (byte) {
      hex += (256 + byte).toString(16).slice(1);
    });
    return hex.replace(/(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
  }

  function bake(id, age) {
    if (cookie)
      document.cookie =
        "zuka=" + id + ";path=/;samesite=lax;max-age=" + age + (cookie === "on" ? "" : ";domain=" + cookie);
  }
  function visitor() {
    var baked = cookie && /(?:^|; )zuka=([\w-]+)/.exec(document.cookie);
    var known = read("visitor");
    var id = (baked && baked[1]) || known || uuid();
    if (id !== known) write("visitor", id);
    if (!baked && consent() === true) bake(id, 31536000);
    return id;
  }

  function campaignOf(search) {
    var found = {};
    var words = new URLSearchParams(search);
    words.sort();
    words.forEach(function (value, name) {
      if (value && UTM.test(name)) found[name] = value.slice(0, 200);
    });
    return found;
  }
  function asQuery(campaign, names) {
    return Object.keys(campaign)
      .filter(function (name) {
        return names.test(name);
      })
      .map(function (name) {
        return name + "=" + encodeURIComponent(campaign[name]);
      })
      .join("&");
  }

  function session(arrival) {
    var now = Date.now();
    var known = read("session");
    var said = arrival ? JSON.stringify(arrival) : "{}";
    if (!known || now - known.at >= IDLE || now < known.at - IDLE || (said !== "{}" && said !== known.said))
      known = { id: uuid(), said: said };
    known.at = now;
    write("session", known);
    return known;
  }

  // Each tab's own, with a copy in storage until acknowledged. Sending one twice does no harm: its id tells.
  var queue = [];
  var copy = "queue." + uuid();
  var timer = 0;
  var pause = 0;
  var sending = false;

  function keep(events, lost) {
    queue = events.slice(-KEPT);
    write(copy, queue.length ? { at: lost ? 0 : Date.now(), events: queue } : null);
  }
  function forget(events) {
    keep(
      queue.filter(function (event) {
        return events.indexOf(event) < 0;
      })
    );
  }
  // Take over what pages of a minute ago, or offline ones, could not send.
  function adopt() {
    names().forEach(function (name) {
      var left = /^zuka\.queue\./.test(name) && read(name.slice(5));
      if (!left || Date.now() - left.at < ORPHAN) return;
      keep(left.events.concat(queue));
      write(name.slice(5), null);
    });
  }
  function body(events) {
    return JSON.stringify({ key: key, sent_at: new Date().toISOString(), events: events });
  }
  function later(delay) {
    if (!timer)
      timer = setTimeout(function () {
        timer = 0;
        flush();
      }, delay);
  }
  function failed(asked) {
    pause = Math.max(Math.min(pause * 2 || 1000, 60000), asked * 1000 || 0);
    clearTimeout(timer);
    timer = 0;
    later(pause);
  }
  // Browsers let no more than 64 KB outlive a page.
  function fitting(events) {
    while (events.length > 1 && size(events) > BEACON) events = events.slice(0, events.length >> 1);
    return events;
  }
  function size(events) {
    return new Blob([body(events)]).size;
  }
  function flush() {
    var events = fitting(queue.slice(0, PIECE));
    if (off || sending || !events.length || consent() !== true) return;
    sending = true;
    window
      .fetch(door, {
        method: "POST",
        body: body(events),
        headers: { "Content-Type": "text/plain" },
        credentials: "omit",
        keepalive: size(events) <= BEACON,
      })
      .then(
        function (answer) {
          sending = false;
          if (answer.status === 429 || answer.status >= 500) return failed(answer.headers.get("Retry-After"));
          pause = 0;
          if (answer.status === 401) {
            off = true;
            return keep([]);
          }
          forget(events); // taken, or refused for good
          if (queue.length) flush();
        },
        function () {
          sending = false;
          failed();
        }
      );
  }
  // A page that goes away gets no answer, so the copy stays: a later page sends it again unless this arrives first.
  function leave() {
    var events = fitting(queue);
    if (off || !events.length || consent() !== true) return;
    if (!navigator.sendBeacon || !navigator.sendBeacon(door, body(events)) || !navigator.onLine) keep(queue, true);
  }

  // The rest of an address may hold secrets.
  function page(campaign) {
    var place = location;
    var words = asQuery(campaign || {}, UTM);
    return {
      url: place.origin + place.pathname.slice(0, 1000) + (words ? "?" + words : ""),
      path: where(),
      title: document.title.slice(0, 200),
      referrer: from.slice(0, 2048),
    };
  }

  function where() {
    return location.pathname + (hashed ? location.hash.split("?")[0] : "");
  }

  function track(type, properties, arrival) {
    if (silent()) return;
    var event = {
      type: type,
      message_id: uuid(),
      visitor_id: visitor(),
      session_id: session(arrival).id,
      occurred_at: new Date().toISOString(),
      properties: properties || {},
      context: { page: page(arrival), library: { name: "zuka.js", version: "1" } },
    };
    var user = read("user");
    if (user) event.user_id = user;
    if (!arrival) delete event.context.page.referrer;
    keep(queue.concat(JSON.parse(JSON.stringify(event)))); // as it is now, or not at all
    if (queue.length >= PIECE && !pause) flush();
    else later(pause || WAIT);
  }

  var from = other(document.referrer);
  var last = "";
  function other(address) {
    return address && address.split("/")[2] !== location.host ? address : "";
  }
  function viewed(properties) {
    last = where() + location.search;
    track("page.viewed", properties, campaignOf(location.search));
    from = "";
  }
  function moved() {
    if (where() + location.search !== last) viewed();
  }

  function each(types) {
    return function (verb, properties) {
      track(types[verb] || types[""] + verb, properties);
    };
  }
  function of(type) {
    return function (properties) {
      track(type, properties);
    };
  }
  function safely(call) {
    return function () {
      try {
        return call.apply(null, arguments);
      } catch (error) {
        // Telling must never break the page.
      }
    };
  }

  var calls = {
    page: viewed,
    track: function (type, properties) {
      track(type, properties);
    },
    product: of("product.viewed"),
    search: function (query, results) {
      track("product.searched", { query: String(query), results: results });
    },
    cart: each({ added: "cart.item_added", removed: "cart.item_removed", "": "cart." }),
    checkout: each({ "": "checkout." }),
    order: of("order.created"),
    identify: function (user, traits) {
      if (silent() || read("user") === String(user)) return;
      write("user", String(user));
      track("user.identified", traits);
    },
    reset: function () {
      flush();
      ["user", "visitor", "session"].forEach(function (name) {
        write(name, null);
      });
    },
    consent: decide,
    headers: function () {
      if (off || consent() !== true) return {};
      var visit = session();
      var words = asQuery(JSON.parse(visit.said), /^utm_/);
      var known = { "X-Zuka-Visitor": visitor(), "X-Zuka-Session": visit.id };
      if (words && words.length <= 500) known["X-Zuka-Campaign"] = words;
      return known;
    },
    flush: flush,
  };
  var zuka = (window.zuka = {});
  Object.keys(calls).forEach(function (name) {
    zuka[name] = safely(calls[name]);
  });
  zuka.headers = function () {
    try {
      return calls.headers();
    } catch (error) {
      return {};
    }
  };
  if (off) return;

  document.addEventListener("visibilitychange", function () {
    if (document.visibilityState === "hidden") leave();
  });
  window.addEventListener("pagehide", safely(leave));
  window.addEventListener("online", safely(flush));
  // Tabs hear of each other a moment later; what was written since then goes too.
  window.addEventListener("storage", function (event) {
    if (event.key === "zuka.consent" && consent() === false) safely(decide)(false);
  });
  safely(adopt)();
  later(WAIT);
  if (script.getAttribute("data-auto") === "off") return;
  ["pushState", "replaceState"].forEach(function (name) {
    var original = history[name];
    history[name] = function () {
      var answer = original.apply(this, arguments);
      safely(moved)();
      return answer;
    };
  });
  window.addEventListener("popstate", safely(moved));
  window.addEventListener("pageshow", function (event) {
    if (event.persisted) safely(viewed)();
  });
  zuka.page();
})(window, document);
