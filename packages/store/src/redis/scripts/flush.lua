-- Writes what an owner holds of its partition: all or nothing, and only from the present owner.
-- KEYS owner, versions, dead, then one session key per session
-- ARGV epoch, owner, offset (-1 leaves the stored one), flushSequence, acknowledged flushSequence, now (epoch ms),
--      '1' where the offset may fall: the log was replaced
--      the sessions as one flat JSON array, in the order of their keys; counts are numbers, all else texts. Each:
--        U, serverRevision, server fields to set, to delete (counts), field, value ..., field to delete ...
--        C, the same four, connectionEpoch, gatewayRevision, gateway fields to set, to delete (counts), '',
--          server fields as for U, gateway fields as well
--        W, as C, with connectionEpoch.gatewayRevision.status.gateway of the record as a reader saw it for the ''
--        D, connectionEpoch
--        (Flat, since Redis spends three times as long on reading nested arrays; JSON, since an argument costs more.)
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
local function write(command, key, list, first, last)
  for i = first, last, AT_ONCE do redis.call(command, key, unpack(list, i, math.min(i + AT_ONCE - 1, last))) end
end

-- Fields of a record; none where another type was in its place, which goes.
local function fieldsOf(key, ...)
  local c = redis.pcall('HMGET', key, ...)
  if not isBroken(c) then return c end
  redis.call('DEL', key)
  return {}
end

local list, count, at = cjson.decode(ARGV[8]), #KEYS - 3, 1
local sids, sidAt = {}, #KEYS[1] - 2 -- hf:{p}:owner, hf:{p}:s:<sid>
for k = 1, count do sids[k] = string.sub(KEYS[k + 3], sidAt) end
local known = count > 0 and redis.call('HMGET', KEYS[2], unpack(sids)) or {}
local versions, ended, tombstones, codes = {}, {}, {}, {}

local function isGone(key, sid) return redis.call('ZSCORE', KEYS[3], sid) and 'T' or 'G' end

-- Each takes what is its own of the list, from `at` on, and answers with the session's letter, or with an error of Redis.
local operations = {}

function operations.U(key, sid, version)
  local revision, sets, deletes, first = list[at + 1], list[at + 2], list[at + 3], at + 4
  local last = first + 2 * sets - 1
  local upTo = math.min(last, first + AT_ONCE - 1)
  at = last + deletes + 1
  local head = version and string.match(version, '^%d+%.%d+%.')
  if not head then return isGone(key, sid) end
  local new = redis.pcall('HSET', key, 'serverRevision', revision, unpack(list, first, upTo))
  if isBroken(new) then
    if not string.find(new.err, 'WRONGTYPE', 1, true) then return nil, new end
    redis.call('DEL', key)
    return 'G'
  end
  -- Every field was new: only so where the record had gone, or where no owner had written it yet.
  if new > (upTo - first + 1) / 2 and redis.call('HEXISTS', key, 'connectionEpoch') == 0 then
    redis.call('DEL', key)
    return 'G'
  end
  if last > upTo then write('HSET', key, list, upTo + 1, last) end
  if deletes > 0 then write('HDEL', key, list, last + 1, last + deletes) end
  versions[#versions + 1] = sid
  versions[#versions + 1] = head .. revision
  return 'S'
end

-- What C and W give, taken from the list.
local function takeWhole()
  local item = {
    revision = list[at + 1], sets = list[at + 2], deletes = list[at + 3], epoch = list[at + 4],
    gatewayRevision = list[at + 5], gatewaySets = list[at + 6], gatewayDeletes = list[at + 7], seen = list[at + 8],
    first = at + 9
  }
  item.gatewayFirst = item.first + 2 * item.sets + item.deletes
  at = item.gatewayFirst + 2 * item.gatewaySets + item.gatewayDeletes
  return item
end

local function writeParts(key, first, sets, deletes)
  local last = first + 2 * sets - 1
  write('HSET', key, list, first, last)
  write('HDEL', key, list, last + 1, last + deletes)
end

local function writeServer(key, item)
  writeParts(key, item.first, item.sets, item.deletes)
  redis.call('HSET', key, 'serverRevision', item.revision)
end

local function writeGateway(key, item)
  writeParts(key, item.gatewayFirst, item.gatewaySets, item.gatewayDeletes)
end

local function remember(sid, epoch, gatewayRevision, item)
  versions[#versions + 1] = sid
  versions[#versions + 1] = epoch .. '.' .. gatewayRevision .. '.' .. item.revision
end

function operations.C(key, sid)
  local item = takeWhole()
  if redis.call('ZSCORE', KEYS[3], sid) then return 'T' end
  local c = fieldsOf(key, 'connectionEpoch', 'gatewayRevision')
  local epoch, revision = tonumber(c[1]), tonumber(c[2]) or 1
  local given, givenRevision = tonumber(item.epoch), tonumber(item.gatewayRevision)
  if not epoch then
    redis.call('DEL', key) -- a record without a connection is none
    write('HSET', key, list, item.first, item.first + 2 * item.sets - 1)
    write('HSET', key, list, item.gatewayFirst, item.gatewayFirst + 2 * item.gatewaySets - 1)
    redis.call('HSET', key, 'serverRevision', item.revision)
    remember(sid, item.epoch, item.gatewayRevision, item)
    return 'S'
  end
  local meta = {} -- that memory holds no more
  for _, field in ipairs(redis.call('HKEYS', key)) do
    if string.sub(field, 1, 5) == 'meta:' then meta[#meta + 1] = field end
  end
  write('HDEL', key, meta, 1, #meta)
  writeServer(key, item)
  if epoch < given or (epoch == given and revision < givenRevision) then
    writeGateway(key, item)
    remember(sid, item.epoch, item.gatewayRevision, item)
  else
    remember(sid, c[1], c[2] or '1', item)
  end
  return 'S'
end

function operations.D(key, sid, version)
  local given = tonumber(list[at + 1])
  at = at + 2
  local epoch = tonumber(string.match(version or '', '^%d+')) or tonumber(fieldsOf(key, 'connectionEpoch')[1])
  if epoch and epoch > given then return 'E' end
  redis.call('DEL', key)
  ended[#ended + 1] = sid
  tombstones[#tombstones + 1] = ARGV[6]
  tombstones[#tombstones + 1] = sid
  return 'S'
end

function operations.W(key, sid)
  local item = takeWhole()
  if redis.call('ZSCORE', KEYS[3], sid) then return 'T' end
  local c = fieldsOf(key, 'connectionEpoch', 'gatewayRevision', 'status', 'gateway')
  if not c[1] then return 'G' end
  writeServer(key, item)
  local isAsSeen = table.concat({c[1], c[2] or '', c[3] or '', c[4] or ''}, '.') == item.seen
  if isAsSeen then
    writeGateway(key, item)
    c = redis.call('HMGET', key, 'connectionEpoch', 'gatewayRevision')
  end
  remember(sid, c[1], c[2] or '1', item)
  return isAsSeen and 'S' or 'N'
end

for k = 1, count do
  local code, fault = operations[list[at]](KEYS[k + 3], sids[k], known[k])
  if fault then return fault end
  codes[k] = code
end
write('HSET', KEYS[2], versions, 1, #versions)
write('HDEL', KEYS[2], ended, 1, #ended)
write('ZADD', KEYS[3], tombstones, 1, #tombstones)
local offset = tonumber(ARGV[3])
if offset > (tonumber(o[4]) or -1) or (ARGV[7] == '1' and offset >= 0) then
  redis.call('HSET', KEYS[1], 'flushSequence', ARGV[4], 'offset', ARGV[3])
else
  redis.call('HSET', KEYS[1], 'flushSequence', ARGV[4])
end
return {'stored', table.concat(codes)}
