-- Takes tokens from every bucket, or from none. KEYS: the buckets. ARGV: of each what it costs, its capacity, and how many
-- tokens a second it is filled with. Returns 1 or 0, then of each bucket what is left and in how many seconds there is enough, as texts.
local clock = redis.call('TIME')
local now = tonumber(clock[1]) + tonumber(clock[2]) / 1000000
local tokens, taken = {}, 1
for i, name in ipairs(KEYS) do
  local cost, capacity, rate = tonumber(ARGV[3 * i - 2]), tonumber(ARGV[3 * i - 1]), tonumber(ARGV[3 * i])
  local kept = redis.call('HMGET', name, 't', 'at')
  local before = tonumber(kept[1]) or capacity
  local since = math.max(0, now - (tonumber(kept[2]) or now))
  tokens[i] = math.min(capacity, before + since * rate)
  if tokens[i] < cost then taken = 0 end
end
local answer = { taken }
for i, name in ipairs(KEYS) do
  local cost, capacity, rate = tonumber(ARGV[3 * i - 2]), tonumber(ARGV[3 * i - 1]), tonumber(ARGV[3 * i])
  local wait = math.max(0, (cost - tokens[i]) / rate)
  if taken == 1 then
    tokens[i] = tokens[i] - cost
    redis.call('HSET', name, 't', string.format('%.6f', tokens[i]), 'at', string.format('%.6f', now))
    redis.call('EXPIRE', name, math.ceil((capacity - tokens[i]) / rate) + 1)
  end
  answer[2 * i] = string.format('%.6f', tokens[i])
  answer[2 * i + 1] = string.format('%.6f', wait)
end
return answer
