/* Zuka's browser tracker. <script src="/t.js" data-key="zpk_…" defer></script>, then window.zuka; see docs/tracker.md. */
(function (window, document) {
  "use strict";
  if (window.zuka && window.zuka.headers) return; // included twice

  var script = document.currentScript || document.querySelector("script[data-key]");
  var key = script.getAttribute("data-key");
  var door = new URL(script.getAttribute("data-api") || "/api/v1/events", script.src).href;
  var navigator = window.navigator;
  var off = !key || navigator.globalPrivacyControl === true || navigator.doNotTrack === "1" || window.doNotTrack === "1";

  var IDLE = 30 * 60 * 1000;
  var WAIT = 1000; // events of a second travel together
  var PIECE = 20;
  var KEPT = 200;
  var ORPHAN = 60000;
  var BEACON = 60000; // browsers refuse more in one beacon
  var UTM = /^(utm_(source|medium|campaign|term|content)|gclid|gbraid|wbraid|fbclid|msclkid|ttclid|twclid|li_fat_id)$/;

  // What lasts: in localStorage, shared by all tabs; in memory where there is none.
  var memory = {};
  function read(name) {
    if (name in memory) return memory[name];
    try {
      return JSON.parse(window.localStorage.getItem("zuka." + name));
    } catch (error) {
      return null;
    }
  }
  function write(name, value) {
    try {
      if (value === null) window.localStorage.removeItem("zuka." + name);
      else window.localStorage.setItem("zuka." + name, JSON.stringify(value));
      delete memory[name];
    } catch (error) {
      memory[name] = value; // full or forbidden
    }
  }

  function uuid() {
    if (window.crypto.randomUUID) return window.crypto.randomUUID();
    var bytes = window.crypto.getRandomValues(new Uint8Array(16)); // plain http has no randomUUID
    bytes[6] = (bytes[6] & 15) | 64;
    bytes[8] = (bytes[8] & 63) | 128;
    return Array.prototype.map
      .call(bytes, function (byte, place) {
        return (place > 3 && place < 11 && !(place % 2) ? "-" : "") + (256 + byte).toString(16).slice(1);
      })
      .join("");
  }

  function visitor() {
    var id = read("visitor");
    if (!id) write("visitor", (id = uuid()));
    return id;
  }

  // The words of a link that say which campaign it belongs to.
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

  // The visit: another one after half an hour without an event, or with a page that names another campaign.
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

  // Events wait here until they are acknowledged, each tab's own, with a copy in storage in case the page goes away.
  // Sending one twice does no harm: its id tells.
  var queue = [];
  var copy = "queue." + uuid();
  var timer = 0;
  var pause = WAIT;
  var sending = false;

  function keep(events) {
    queue = events.slice(-KEPT);
    write(copy, queue.length ? { at: Date.now(), events: queue } : null);
  }
  function forget(events) {
    keep(
      queue.filter(function (event) {
        return events.indexOf(event) < 0;
      })
    );
  }
  // Take over what pages of a minute ago could not send.
  function adopt() {
    Object.keys(window.localStorage).forEach(function (name) {
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
  function failed() {
    pause = Math.min(pause * 2, 60000);
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
    if (off || sending || !events.length) return;
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
          if (answer.status === 429 || answer.status >= 500) return failed();
          pause = WAIT;
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
    if (events.length && navigator.sendBeacon) navigator.sendBeacon(door, body(events));
  }

  // Of an address only its path and the words of a campaign: the rest may hold secrets.
  function page(campaign) {
    var place = window.location;
    var words = asQuery(campaign || {}, UTM);
    return {
      url: place.origin + place.pathname.slice(0, 1000) + (words ? "?" + words : ""),
      path: place.pathname,
      title: document.title.slice(0, 200),
      referrer: from.slice(0, 2048),
    };
  }

  function track(type, properties, arrival) {
    if (off) return;
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
    if (queue.length >= PIECE && pause === WAIT) flush();
    else later(pause);
  }

  // Pages, also those that a script shows without loading. Where one came from is told when it is another site.
  var from = other(document.referrer);
  var last = "";
  function other(address) {
    return address && address.split("/")[2] !== window.location.host ? address : "";
  }
  function viewed(properties) {
    last = window.location.pathname + window.location.search;
    track("page.viewed", properties, campaignOf(window.location.search));
    from = "";
  }
  function moved() {
    if (window.location.pathname + window.location.search !== last) viewed();
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
      if (off || read("user") === String(user)) return;
      write("user", String(user));
      track("user.identified", traits);
    },
    reset: function () {
      flush();
      ["user", "visitor", "session"].forEach(function (name) {
        write(name, null);
      });
    },
    headers: function () {
      if (off) return {};
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
  safely(adopt)();
  later(WAIT);
  if (script.getAttribute("data-auto") === "off") return;
  ["pushState", "replaceState"].forEach(function (name) {
    var original = window.history[name];
    window.history[name] = function () {
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
