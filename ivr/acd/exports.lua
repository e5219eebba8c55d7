--[[
Who works on an export: one worker at a time, for as long as it says that it still does. A chapter of the library that
acd.lua begins; its helpers are used here.
]]

do
  local function has(id, turn) return redis.call('HGET', key('export', id), 'turn') == turn end

  -- The export that has waited longest, or whose worker has gone silent. Answers { word, id, the turn it is }: whoever
  -- has an earlier turn has lost it.
  local function take_export(lease)
    local id = redis.call('ZRANGEBYSCORE', key('exports'), '-inf', NOW, 'LIMIT', 0, 1)[1]
    if not id then return { 'NO', '', 0 } end
    if redis.call('EXISTS', key('export', id)) == 0 then
      redis.call('ZREM', key('exports'), id)
      return { 'GONE', id, 0 }
    end
    redis.call('ZADD', key('exports'), NOW + lease, id)
    return { 'OK', id, redis.call('HINCRBY', key('export', id), 'turn', 1) }
  end

  local function keep_export(id, turn, done, lease)
    if not has(id, turn) then return { 'GONE' } end
    redis.call('ZADD', key('exports'), 'XX', NOW + lease, id)
    redis.call('HSET', key('export', id), 'state', 'running', 'done', done)
    return { 'OK' }
  end

  local function end_export(id, turn, state, why, rows)
    if not has(id, turn) then return { 'GONE' } end
    if redis.call('ZREM', key('exports'), id) == 0 then return { 'ALREADY' } end
    redis.call('HSET', key('export', id), 'state', state, 'why', why, 'rows', rows)
    return { 'OK' }
  end

  register('take_export', take_export)
  register('keep_export', keep_export)
  register('end_export', end_export)
end
