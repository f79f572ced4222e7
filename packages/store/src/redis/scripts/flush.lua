-- Writes what an owner holds of its partition: all or nothing, and only from the present owner.
-- KEYS owner, versions, dead, then one session key per session
-- ARGV epoch, owner, offset (-1 leaves the stored one), flushSequence, acknowledged flushSequence, now (epoch ms),
--      '1' where the offset may fall: the log was replaced
--      the sessions as JSON, one array for each of their keys, numbers as texts:
--        operation, connectionEpoch, gatewayRevision, serverRevision,
--        [server field, value ...], [server field to delete ...], and for C and W [gateway field, value ...],
--        [gateway field to delete ...]; for W the record's connectionEpoch.gatewayRevision.status.gateway as a reader saw it
--      operations: U update
--        C create; where there is a record: all server fields, and the gateway's where the record's are older than these
--          (the store was rolled back)
--        D delete and tombstone
--        W update, and the gateway fields too where the record is still as it was seen: a wizard has ordered to put right
--          what no gateway can (its connection is gone, or the fields that a gateway's own writes need are wrong)
-- Returns {'fenced', stored epoch}; {'rolled-back', stored flushSequence}: the store lost a flush that it had
--      acknowledged; {'repeated'}: a late copy of an older flush; or {'stored', codes}, a letter per session:
--      S stored, G gone (U, W), T tombstoned (C, U, W), E a newer connection holds it (D), N stored but for the gateway
--      fields, which somebody has written since they were seen (W).
-- One call of Redis for an update: it is known by its entry in `versions`, read for all sessions at once, and that its
-- record is there shows when it is written.
-- A key of another type was put there by a hand: it goes. A session's is written whole then; the partition's own are what
-- everything hangs on, so the store counts as rolled back to nothing.
local function isBroken(reply) return type(reply) == 'table' and reply.err ~= nil end

local o = redis.pcall('HMGET', KEYS[1], 'epoch', 'owner', 'flushSequence', 'offset')
if isBroken(o) then
  redis.call('DEL', KEYS[1])
  return {'fenced', ''}
end
if o[1] ~= ARGV[1] or o[2] ~= ARGV[2] then return {'fenced', o[1] or ''} end
for key, command in pairs({[KEYS[2]] = 'HLEN', [KEYS[3]] = 'ZCARD'}) do
  if isBroken(redis.pcall(command, key)) then
    redis.call('DEL', key)
    redis.call('HDEL', KEYS[1], 'offset')
    redis.call('HSET', KEYS[1], 'flushSequence', '0')
    return {'rolled-back', '0'}
  end
end
local stored = tonumber(o[3]) or 0
if stored < tonumber(ARGV[5]) then return {'rolled-back', string.format('%.0f', stored)} end
if tonumber(ARGV[4]) <= stored then return {'repeated'} end

local AT_ONCE = 1000 -- arguments of one call: Lua's stack holds some thousands
local function write(command, key, list)
  for i = 1, #list, AT_ONCE do redis.call(command, key, unpack(list, i, math.min(i + AT_ONCE - 1, #list))) end
end

-- Fields of a record; false where another type was in its place, which goes.
local function fieldsOf(key, ...)
  local c = redis.pcall('HMGET', key, ...)
  if not isBroken(c) then return c end
  redis.call('DEL', key)
  return {}
end

local items, count = cjson.decode(ARGV[8]), #KEYS - 3
local sids, sidAt = {}, #KEYS[1] - 2 -- hf:{p}:owner, hf:{p}:s:<sid>
for k = 1, count do sids[k] = string.sub(KEYS[k + 3], sidAt) end
local versions = count > 0 and redis.call('HMGET', KEYS[2], unpack(sids)) or {}
local newVersions, ended, tombstones, codes = {}, {}, {}, {}

local function version(sid, connectionEpoch, gatewayRevision, serverRevision)
  newVersions[#newVersions + 1] = sid
  newVersions[#newVersions + 1] = connectionEpoch .. '.' .. gatewayRevision .. '.' .. serverRevision
end

local function withRevision(item)
  local sets = item[5]
  sets[#sets + 1] = 'serverRevision'
  sets[#sets + 1] = item[4]
  return sets
end

local operations = {}

function operations.U(key, sid, item, known)
  local connectionEpoch, gatewayRevision = string.match(known or '', '^(%d+)%.(%d+)%.')
  if not connectionEpoch then return redis.call('ZSCORE', KEYS[3], sid) and 'T' or 'G' end
  local sets, new = withRevision(item), 0
  for i = 1, #sets, AT_ONCE do
    local reply = redis.pcall('HSET', key, unpack(sets, i, math.min(i + AT_ONCE - 1, #sets)))
    if isBroken(reply) then
      if not string.find(reply.err, 'WRONGTYPE', 1, true) then return nil, reply end
      redis.call('DEL', key)
      return 'G'
    end
    new = new + reply
  end
  -- Every field was new: only so where the record had gone, or where no owner had written it yet.
  if new == #sets / 2 and redis.call('HEXISTS', key, 'connectionEpoch') == 0 then
    redis.call('DEL', key)
    return 'G'
  end
  write('HDEL', key, item[6])
  version(sid, connectionEpoch, gatewayRevision, item[4])
  return 'S'
end

function operations.C(key, sid, item)
  if redis.call('ZSCORE', KEYS[3], sid) then return 'T' end
  local c = fieldsOf(key, 'connectionEpoch', 'gatewayRevision')
  local epoch, revision = tonumber(c[1]), tonumber(c[2]) or 1
  local isOlder = not epoch or epoch < tonumber(item[2]) or (epoch == tonumber(item[2]) and revision < tonumber(item[3]))
  if epoch then
    local meta = {} -- that memory holds no more
    for _, field in ipairs(redis.call('HKEYS', key)) do
      if string.sub(field, 1, 5) == 'meta:' then meta[#meta + 1] = field end
    end
    write('HDEL', key, meta)
    write('HDEL', key, item[6])
    if isOlder then write('HDEL', key, item[8]) end
  else
    redis.call('DEL', key) -- a record without a connection is none
  end
  write('HSET', key, withRevision(item))
  if isOlder then write('HSET', key, item[7]) end
  version(sid, isOlder and item[2] or c[1], isOlder and item[3] or (c[2] or '1'), item[4])
  return 'S'
end

function operations.D(key, sid, item, known)
  local epoch = tonumber(string.match(known or '', '^%d+')) or tonumber(fieldsOf(key, 'connectionEpoch')[1])
  if epoch and epoch > tonumber(item[2]) then return 'E' end
  redis.call('DEL', key)
  ended[#ended + 1] = sid
  tombstones[#tombstones + 1] = ARGV[6]
  tombstones[#tombstones + 1] = sid
  return 'S'
end

function operations.W(key, sid, item)
  if redis.call('ZSCORE', KEYS[3], sid) then return 'T' end
  local c = fieldsOf(key, 'connectionEpoch', 'gatewayRevision', 'status', 'gateway')
  if not c[1] then return 'G' end
  write('HSET', key, withRevision(item))
  write('HDEL', key, item[6])
  local isAsSeen = table.concat({c[1], c[2] or '', c[3] or '', c[4] or ''}, '.') == item[9]
  if isAsSeen then
    write('HSET', key, item[7])
    write('HDEL', key, item[8])
    c = redis.call('HMGET', key, 'connectionEpoch', 'gatewayRevision')
  end
  version(sid, c[1], c[2] or '1', item[4])
  return isAsSeen and 'S' or 'N'
end

for k = 1, count do
  local code, fault = operations[items[k][1]](KEYS[k + 3], sids[k], items[k], versions[k])
  if fault then return fault end
  codes[k] = code
end
write('HSET', KEYS[2], newVersions)
write('HDEL', KEYS[2], ended)
write('ZADD', KEYS[3], tombstones)
local offset = tonumber(ARGV[3])
if offset > (tonumber(o[4]) or -1) or (ARGV[7] == '1' and offset >= 0) then
  redis.call('HSET', KEYS[1], 'flushSequence', ARGV[4], 'offset', ARGV[3])
else
  redis.call('HSET', KEYS[1], 'flushSequence', ARGV[4])
end
return {'stored', table.concat(codes)}
