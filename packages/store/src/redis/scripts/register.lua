-- Makes the record of a new session, gateway's fields only.
-- KEYS versions, dead, session
-- ARGV sid, gateway incarnation, then field, value ...   (connectionEpoch and gatewayRevision are 1)
-- Returns 'stored' (also for a retry), 'dead' (the session has ended already) or 'taken' (somebody else's record).
if redis.call('ZSCORE', KEYS[2], ARGV[1]) then return 'dead' end
local c = redis.call('HMGET', KEYS[3], 'gateway', 'connectionEpoch')
if c[2] then
  if c[1] == ARGV[2] and c[2] == '1' then return 'stored' end
  return 'taken'
end
local fields = {}
for i = 3, #ARGV, 2 do
  if ARGV[i + 1] ~= '' then
    fields[#fields + 1] = ARGV[i]
    fields[#fields + 1] = ARGV[i + 1]
  end
end
redis.call('HSET', KEYS[3], unpack(fields))
redis.call('HSET', KEYS[1], ARGV[1], '1.1.0')
return 'stored'
