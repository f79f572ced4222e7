-- Takes a partition's fence.
-- KEYS owner
-- ARGV owner, minEpoch (the epoch this process remembers, plus 1; 0 for none)
-- Returns epoch, offset ('' for none), flushSequence, previous owner ('' for none).
-- The same owner keeps its epoch: nobody wrote since, so its memory is still exact and its flushes in flight stay valid.
-- Redis's clock is a floor only, so that epochs rise even after the store was wiped.
local o = redis.call('HMGET', KEYS[1], 'epoch', 'offset', 'flushSequence', 'owner')
local epoch = tonumber(o[1] or '0')
if o[4] ~= ARGV[1] then
  epoch = math.max(epoch + 1, tonumber(ARGV[2]), tonumber(redis.call('TIME')[1]))
end
local text = string.format('%.0f', epoch)
redis.call('HSET', KEYS[1], 'epoch', text, 'owner', ARGV[1])
return {text, o[2] or '', o[3] or '0', o[4] or ''}
