--[[
What can be seen of the queue: one desk, the board, and whether the books agree with themselves. The second chapter of
the library that acd.lua begins; its helpers are used here.
]]

local function fields(where)
  local flat, record = redis.call('HGETALL', where), {}
  for i = 1, #flat, 2 do record[flat[i]] = flat[i + 1] end
  return record
end

local function waiting_for(operator)
  local n = 0
  for _, queue in ipairs(served(operator)) do n = n + redis.call('ZCARD', key('waiting', queue.name)) end
  return n
end

-- What one desk shows.
local function desk(operator)
  local o = fields(operator_key(operator))
  for part, first in pairs(AT_FIRST) do
    if part ~= 'call' then o[part] = o[part] or first end
  end
  local shown = { operator = o, waiting = waiting_for(operator), call = false }
  if (o.call or '') ~= '' then shown.call = fields(call_key(o.call)) end
  return cjson.encode(shown)
end

-- What the wallboard shows: the first `top` of those who wait in a queue, and every operator.
local function board(queue, top)
  local list = redis.call('ZRANGE', key('waiting', queue), 0, tonumber(top) - 1)
  local shown = { waiting = redis.call('ZCARD', key('waiting', queue)), live = redis.call('ZCARD', key('live')),
                  on_shift = redis.call('SCARD', key('on_shift', queue)), first = {}, operators = {} }
  for i, sid in ipairs(list) do
    local c = of_call(sid, 'line', 'caller', 'queued')
    shown.first[i] = { sid = sid, line = c[1], caller = c[2], queued = c[3] }
  end
  for i, id in ipairs(redis.call('SMEMBERS', key('operators'))) do
    shown.operators[i] = fields(operator_key(id))
    shown.operators[i].id = id
  end
  return cjson.encode(shown)
end

-- Rebuild what is derived (lines, idle sets, deadlines) from the calls and the operators themselves, and say what was
-- wrong. With 'look' nothing is changed.
local function reconcile(mode)
  local wrong = {}
  local function mend(what, id, act)
    wrong[#wrong + 1] = what .. ' ' .. id
    if mode == 'mend' then act() end
  end
  local deadline = { offered = 'offer', connecting = 'join' }
  for _, sid in ipairs(redis.call('ZRANGE', key('live'), 0, -1)) do
    local c = of_call(sid, 'state', 'queue')
    local in_line = false
    for _, queue in ipairs(lines_of(sid)) do
      in_line = in_line or redis.call('ZSCORE', key('waiting', queue), sid)
    end
    if not c[1] or c[1] == 'ended' then
      mend('not_live', sid, function() redis.call('ZREM', key('live'), sid) end)
    elseif c[1] == 'waiting' and not in_line then
      mend('not_in_line', sid, function() put_in_line(sid); match_call(sid) end)
    elseif c[1] ~= 'waiting' and in_line then
      mend('still_in_line', sid, function() take_out_of_line(sid) end)
    end
    local what = deadline[c[1] or '']
    if what and not redis.call('ZSCORE', key('due'), what .. ':' .. sid) then
      mend('no_deadline', sid, function() due(what, sid, NOW) end)
    end
  end
  for _, operator in ipairs(redis.call('SMEMBERS', key('operators'))) do
    local o = of_operator(operator, 'line', 'call')
    local line = o[1] or 'idle'
    local live = o[2] and redis.call('ZSCORE', key('live'), o[2])
    if (line == 'offered' or line == 'connecting' or line == 'talking') and not live then
      mend('alone', operator, function()
        happen('heal', nil, operator)
        free(operator, 0)
        settle(operator)
      end)
    elseif line == 'wrap_up' and not redis.call('ZSCORE', key('due'), 'wrap_up:' .. operator) then
      mend('no_deadline', operator, function() due('wrap_up', operator, NOW) end)
    end
  end
  return wrong
end

-- The table itself, so that the chart in the documents and the words in Python are compared with the code.
local function moves() return cjson.encode(MOVES) end

register('reconcile', reconcile)
register('desk', desk, { 'no-writes' })
register('board', board, { 'no-writes' })
register('moves', moves, { 'no-writes' })
