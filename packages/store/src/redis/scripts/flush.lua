-- Writes what an owner holds of its partition: all or nothing, and only from the present owner.
-- KEYS owner, versions, dead, then one session key per session
-- ARGV epoch, owner, offset (-1 leaves the stored one), flushSequence, acknowledged flushSequence, now (epoch ms),
--      '1' where the offset may fall: the log was replaced
--      then per session: operation, sid, connectionEpoch, serverRevision,
--        number of server fields, number of gateway fields, server field, value ..., gateway field, value ...
--        (W only, before the fields: the record's connectionEpoch.gatewayRevision.status.gateway as a reader saw it)
--      operations: U update, C create where absent (else all server fields), D delete and tombstone, W update, and the
--        gateway fields too where the record is still as it was seen: a wizard has ordered to put right what no gateway
--        can (its connection is gone, or the fields that a gateway's own writes need are wrong). '' deletes a field.
-- Returns {'fenced', stored epoch}; {'rolled-back', stored flushSequence}: the store lost a flush that it had
--      acknowledged; {'repeated'}: a late copy of an older flush; or {'stored', codes}, a letter per session:
--      S stored, G gone (U, W), T tombstoned (C, U, W), E a newer connection holds it (D), N stored but for the gateway
--      fields, which somebody has written since they were seen (W).
local o = redis.call('HMGET', KEYS[1], 'epoch', 'owner', 'flushSequence', 'offset')
if o[1] ~= ARGV[1] or o[2] ~= ARGV[2] then return {'fenced', o[1] or ''} end
local stored = tonumber(o[3] or '0')
if stored < tonumber(ARGV[5]) then return {'rolled-back', o[3] or '0'} end
if tonumber(ARGV[4]) <= stored then return {'repeated'} end

local function write(key, from, count)
  for i = from, from + 2 * count - 1, 2 do
    if ARGV[i + 1] == '' then redis.call('HDEL', key, ARGV[i]) else redis.call('HSET', key, ARGV[i], ARGV[i + 1]) end
  end
end

local i, codes = 8, {}
for k = 4, #KEYS do
  local key, operation, sid, epoch, revision = KEYS[k], ARGV[i], ARGV[i + 1], ARGV[i + 2], ARGV[i + 3]
  local servers, gateways = tonumber(ARGV[i + 4]), tonumber(ARGV[i + 5])
  local first = i + (operation == 'W' and 7 or 6)
  i = first + 2 * (servers + gateways)
  local c = redis.pcall('HMGET', key, 'connectionEpoch', 'gatewayRevision', 'status', 'gateway')
  if c.err then -- a hand has put something else there: it goes, and the owner writes the session whole
    redis.call('DEL', key)
    c = {false, false}
  end
  local code = 'S'
  if operation == 'D' then
    if c[1] and tonumber(c[1]) > tonumber(epoch) then
      code = 'E'
    else
      redis.call('DEL', key)
      redis.call('HDEL', KEYS[2], sid)
      redis.call('ZADD', KEYS[3], ARGV[6], sid)
    end
  elseif redis.call('ZSCORE', KEYS[3], sid) then
    code = 'T'
  elseif not c[1] and (operation == 'U' or operation == 'W') then
    code = 'G'
  else
    if operation == 'C' and c[1] then -- metadata that memory holds no more
      for _, field in ipairs(redis.call('HKEYS', key)) do
        if string.sub(field, 1, 5) == 'meta:' then redis.call('HDEL', key, field) end
      end
    end
    write(key, first, servers)
    local isAsSeen = operation == 'W' and
      table.concat({c[1], c[2] or '', c[3] or '', c[4] or ''}, '.') == ARGV[first - 1]
    if operation == 'W' and not isAsSeen then code = 'N' end
    if not c[1] or isAsSeen then
      write(key, first + 2 * servers, gateways)
      c = redis.call('HMGET', key, 'connectionEpoch', 'gatewayRevision')
    end
    redis.call('HSET', key, 'serverRevision', revision)
    redis.call('HSET', KEYS[2], sid, c[1] .. '.' .. (c[2] or '1') .. '.' .. revision)
  end
  codes[#codes + 1] = code
end
redis.call('HSET', KEYS[1], 'flushSequence', ARGV[4])
local offset = tonumber(ARGV[3])
if offset > tonumber(o[4] or '-1') or (ARGV[7] == '1' and offset >= 0) then redis.call('HSET', KEYS[1], 'offset', ARGV[3]) end
return {'stored', table.concat(codes)}
