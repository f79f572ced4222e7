-- Changes a gateway's fields of a session whose socket it holds.
-- KEYS versions, session
-- ARGV sid, gateway incarnation, connectionEpoch, gatewayRevision, then field, value ...   ('' deletes the field)
-- Returns 'stored', 'gone' (no record), 'fenced' (another connection holds it, or it is detached) or 'stale'.
local c = redis.call('HMGET', KEYS[2], 'gateway', 'connectionEpoch', 'gatewayRevision', 'serverRevision', 'status')
if not c[2] then return 'gone' end
if c[1] ~= ARGV[2] or c[2] ~= ARGV[3] or c[5] ~= 'connected' then return 'fenced' end
if (tonumber(c[3]) or 0) >= tonumber(ARGV[4]) then return 'stale' end -- a hand may have taken the revision away
for i = 5, #ARGV, 2 do
  if ARGV[i + 1] == '' then redis.call('HDEL', KEYS[2], ARGV[i]) else redis.call('HSET', KEYS[2], ARGV[i], ARGV[i + 1]) end
end
redis.call('HSET', KEYS[2], 'gatewayRevision', ARGV[4])
redis.call('HSET', KEYS[1], ARGV[1], c[2] .. '.' .. ARGV[4] .. '.' .. (c[4] or '0'))
return 'stored'
