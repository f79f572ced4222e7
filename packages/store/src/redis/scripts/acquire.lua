-- Takes a partition's fence.
-- KEYS owner, versions, dead
-- ARGV owner, minEpoch (the epoch this process remembers, plus 1; 0 for none)
-- Returns epoch, offset ('' for none), flushSequence, previous owner and its epoch ('' for none).
-- The same owner keeps its epoch: nobody wrote since, so its memory is still exact and its flushes in flight stay valid.
-- Redis's clock is a floor only, so that epochs rise even after the store was wiped.
-- A key of another type was put there by a hand: it goes, and with it the offset. Nothing is stored then, as in an empty
-- store, and the owner writes everything.
local function isBroken(reply) return type(reply) == 'table' and reply.err ~= nil end

local o = redis.pcall('HMGET', KEYS[1], 'epoch', 'offset', 'flushSequence', 'owner')
if isBroken(o) then
  redis.call('DEL', KEYS[1])
  o = {false, false, false, false}
end
for key, command in pairs({[KEYS[2]] = 'HLEN', [KEYS[3]] = 'ZCARD'}) do
  if isBroken(redis.pcall(command, key)) then
    redis.call('DEL', key)
    redis.call('HDEL', KEYS[1], 'offset', 'flushSequence')
    o[2], o[3] = false, false
  end
end
local epoch = tonumber(o[1]) or 0
if o[4] ~= ARGV[1] then
  epoch = math.max(epoch + 1, tonumber(ARGV[2]), tonumber(redis.call('TIME')[1]))
end
local text = string.format('%.0f', epoch)
redis.call('HSET', KEYS[1], 'epoch', text, 'owner', ARGV[1])
return {text, o[2] or '', o[3] or '0', o[4] or '', o[1] or ''}
