-- Says that a session has no socket any more.
-- KEYS versions, session
-- ARGV sid, connectionEpoch, close reason, detachedUntil (epoch ms), gatewayRevision that it has at least then
-- Returns 'stored' (also for a retry), 'gone' or 'fenced' (a newer connection holds it).
local c = redis.call('HMGET', KEYS[2], 'connectionEpoch', 'gatewayRevision', 'serverRevision', 'status')
if not c[1] then return 'gone' end
if c[1] ~= ARGV[2] then return 'fenced' end
if c[4] == 'detached' then return 'stored' end
local revision = string.format('%.0f', math.max((tonumber(c[2]) or 0) + 1, tonumber(ARGV[5])))
redis.call('HSET', KEYS[2], 'status', 'detached', 'gatewayRevision', revision, 'closeReason', ARGV[3], 'detachedUntil', ARGV[4])
redis.call('HSET', KEYS[1], ARGV[1], c[1] .. '.' .. revision .. '.' .. (c[3] or '0'))
return 'stored'
