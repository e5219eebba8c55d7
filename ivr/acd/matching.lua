--[[
Who gets whom: the lines that callers stand in, what each has had of its share, and the operators who could take a
call now. The second chapter of the library that acd.lua begins; its helpers are used here.
]]

local tally_quarter -- one of the counts of a quarter of an hour
local settle -- an operator's place among the idle; needed by what frees one
local is_at_a_phone, ring_desk_phone, desk_phone_rests -- of operators who work without a softphone
local former = {} -- the line on which somebody was called back before: nobody is rung on two
local desk_probe = {} -- a dial test at an operator's desk: what its chapter does for the others

-- The lines a call stands in: its own, and after a while those that it overflows to.
local function lines_of(sid)
  local c = of_call(sid, 'queue', 'also')
  return words((c[1] or '') .. ' ' .. (c[2] or ''))
end

-- How much of the operators' time a queue has had, over its share of it; a queue without a share has had nothing yet.
local function had_of_its_share(queue)
  if rule('share:' .. queue) == 0 then return 0 end
  return tonumber(redis.call('HGET', key('shares'), queue)) or 0
end

-- One more of its callers is served. `*` is how far the queue that was served last had come.
local function use_share(queue)
  local share = rule('share:' .. queue)
  if share == 0 then return end
  local had = had_of_its_share(queue)
  redis.call('HSET', key('shares'), '*', string.format('%.6f', had), queue, string.format('%.6f', had + 1 / share))
end

-- A queue that was empty does not come back with all that it did not use: it starts where the others are.
local function share_from_now(queue)
  if rule('share:' .. queue) == 0 or redis.call('ZCARD', key('waiting', queue)) > 0 then return end
  local others = tonumber(redis.call('HGET', key('shares'), '*')) or 0
  redis.call('HSET', key('shares'), queue, string.format('%.6f', math.max(had_of_its_share(queue), others)))
end

local function put_in_line(sid)
  local c = of_call(sid, 'place', 'queue', 'also')
  for _, queue in ipairs(words((c[2] or '') .. ' ' .. (c[3] or ''))) do
    share_from_now(queue)
    redis.call('ZADD', key('waiting', queue), c[1], sid)
  end
end

local function take_out_of_line(sid)
  for _, queue in ipairs(lines_of(sid)) do redis.call('ZREM', key('waiting', queue), sid) end
end

local function serves_a_line_of(operator, sid)
  for _, line in ipairs(lines_of(sid)) do
    for _, queue in ipairs(served(operator)) do
      if queue.name == line then return true end
    end
  end
  return false
end

local function unsettle(operator)
  local o, was_idle = of_operator(operator, 'queues', 'ready_since'), 0
  for _, queue in ipairs(served(operator, o[1] or '')) do
    was_idle = was_idle + redis.call('ZREM', key('idle', queue.name), operator)
  end
  if was_idle > 0 then note_time(operator, 'ready', o[2]) end
end

-- They are present for none of their queues any more; of a queue that nobody is left for, it is known since when.
local function off_shift(operator)
  unsettle(operator)
  for _, queue in ipairs(served(operator)) do
    local present = key('on_shift', queue.name)
    if redis.call('SREM', present, operator) == 1 and redis.call('SCARD', present) == 0 then
      redis.call('HSET', key('unstaffed'), queue.name, NOW)
      local leaves, grace = rules_of('leave_unstaffed', 'unstaffed_grace_seconds')
      if leaves == 1 then due('deserted', queue.name, NOW + grace * 1000) end
    end
  end
end

local function offer(sid, operator)
  if not happen('offer', sid, operator, nil, { 'offered', NOW, 'operator', operator }) then return end
  take_out_of_line(sid)
  unsettle(operator)
  tally_quarter(NOW, 'offers', 1)
  redis.call('HSET', operator_key(operator), 'call', sid)
  due('offer', sid, NOW + seconds('ring_seconds') + ring_desk_phone(operator))
end

local function lapse(operator)
  unsettle(operator)
  if not happen('lapse', nil, operator) then return end
  off_shift(operator)
  not_due('lease', operator)
  due('away', operator, NOW + AWAY_MS)
end

-- Whether a call may ring there now. A console that has gone silent is not rung, nor a phone after its shift.
local function still_there(operator)
  if tonumber(one(of_operator(operator, 'lease'))) > NOW then return true end
  if is_at_a_phone(operator) then unsettle(operator) else lapse(operator) end
  return false
end

-- Whoever talked with this caller last, if that was not long ago and they are free for one of these lines.
local function who_knows_them(caller, queues)
  local last = (caller or '') ~= '' and redis.call('GET', key('last', caller))
  if not last then return nil end
  for _, queue in ipairs(queues) do
    if redis.call('ZSCORE', key('idle', queue), last) and still_there(last) then return last end
  end
end

-- Who takes the next call of this line: the best for it, and of those whoever has been free longest.
local function first_idle(queue)
  local idle = key('idle', queue)
  local operator = redis.call('ZRANGE', idle, 0, 0)[1]
  while operator and not still_there(operator) do operator = redis.call('ZRANGE', idle, 0, 0)[1] end
  return operator
end

-- A caller is free: to the operator who knows them, else the best for their line, else the longest idle of the best;
-- and if nobody is idle, to one at whose desk only a test rings.
local function match_call(sid)
  local c = of_call(sid, 'queue', 'also', 'caller')
  local queues = words((c[1] or '') .. ' ' .. (c[2] or ''))
  local known = who_knows_them(c[3], queues)
  if known then return offer(sid, known) end
  for _, queue in ipairs(queues) do
    local operator = first_idle(queue)
    if operator then return offer(sid, operator) end
  end
  desk_probe.give_way(sid)
end

-- An operator is free: the caller with the best place in any of their queues; between queues with shares, the one that
-- has had least of its share. A caller of high priority is before all that.
local function match_operator(operator, queues)
  local best, best_place, best_queue, least
  for _, queue in ipairs(queues) do
    local first = redis.call('ZRANGE', key('waiting', queue.name), 0, 0, 'WITHSCORES')
    local place = tonumber(first[2])
    local had = place and (place < URGENT and -1 or had_of_its_share(queue.name))
    if place and (not best or had < least or (had == least and place < best_place)) then
      best, best_place, best_queue, least = first[1], place, queue.name, had
    end
  end
  if not best then return end
  use_share(best_queue)
  offer(best, operator)
end

function settle(operator)
  local o = of_operator(operator, 'presence', 'intent', 'line', 'rest_until', 'queues', 'free_since', 'lease', 'ear')
  local free = o[1] == 'on' and o[2] == 'ready' and (o[3] or 'idle') == 'idle' and (tonumber(o[7]) or 0) > NOW
    and (o[8] or 'none') == 'none'
  if not free or (tonumber(o[4]) or 0) > NOW then return unsettle(operator) end
  local queues, added = served(operator, o[5] or ''), 0
  for _, queue in ipairs(queues) do
    local rank = (TOP - queue.level) * 1e13 + (tonumber(o[6]) or NOW)
    added = added + redis.call('ZADD', key('idle', queue.name), string.format('%.0f', rank), operator)
  end
  if added > 0 then redis.call('HSET', operator_key(operator), 'ready_since', NOW) end
  match_operator(operator, queues)
end

-- Whether somebody could take a call now, asked for by name: there, with none of their own, and no talk in their ear.
local function has_free_hands(operator)
  local o = of_operator(operator, 'presence', 'line', 'ear')
  return o[1] == 'on' and (o[2] or 'idle') == 'idle' and (o[3] or 'none') == 'none'
end

-- The operator holds no call any more: free since now, and after a rest if there is a reason for one.
local function free(operator, rest_ms)
  desk_phone_rests(operator)
  redis.call('HDEL', operator_key(operator), 'call', 'leg')
  redis.call('HSET', operator_key(operator), 'free_since', NOW, 'rest_until', NOW + rest_ms)
  if rest_ms > 0 then due('rest', operator, NOW + rest_ms) end
end

local sign_out -- what whoever is leaving does as soon as their line is idle

-- The operator's line is idle again, for whatever reason: they leave, if that is what they wanted, or take their place.
local function idle_again(operator, rest_ms)
  free(operator, rest_ms)
  if one(of_operator(operator, 'intent')) == 'leaving' then sign_out(operator) else settle(operator) end
end

-- The caller goes back to their own place, never to the end of the line. `first`, who has just lost them, may have them
-- again before anybody else does.
local function back_in_line(sid, first)
  local c = of_call(sid, 'caller_leg', 'answered', 'language')
  local rung = c[1] or ''
  redis.call('HDEL', call_key(sid), 'operator', 'room', 'accepted', 'met', 'looked', 'picked_up', 'caller_in',
             'operator_in', 'answered', 'caller_leg')
  if rung == '' then put_in_line(sid) else former.must_be_down(sid, rung, c[2], c[3]) end
  if first then idle_again(first, 0) end
  if rung == '' then match_call(sid) end
end
