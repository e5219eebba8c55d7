--[[
An operator's day, and the clock that everybody works by. The seventh chapter of the library that acd.lua begins; its
helpers are used here.
]]

local give_help -- a call for help is over: a supervisor came, or the operator goes home

local function on_shift(operator)
  for _, queue in ipairs(served(operator)) do
    redis.call('SADD', key('on_shift', queue.name), operator)
    redis.call('HDEL', key('unstaffed'), queue.name)
  end
end

-- A console says every few seconds that it is there; for a desk phone a shift is as long as the rule says.
local function lease(operator)
  local until_when = NOW + seconds(is_at_a_phone(operator) and 'phone_shift_seconds' or 'lease_seconds')
  redis.call('HSET', operator_key(operator), 'lease', until_when)
  due('lease', operator, until_when)
end

local BETWEEN_CALLS = { idle = true, wrap_up = true }

-- Somebody sits down, `by` softphone or phone. They say when they are ready; coming back to an open shift changes nothing
-- of what they said. Whoever has a call keeps the telephone that they have it on.
local function sign_in(operator, queues, by)
  local o = of_operator(operator, 'by', 'line')
  if (o[1] or 'softphone') ~= by and not BETWEEN_CALLS[o[2] or 'idle'] then return { 'BUSY' } end
  off_shift(operator)
  redis.call('SADD', key('operators'), operator)
  redis.call('HSET', operator_key(operator), 'queues', queues, 'by', by)
  local new = happen('sign_in', nil, operator)
  if new then
    redis.call('HSET', operator_key(operator), 'reason', '', 'free_since', NOW, 'missed', 0, 'rest_until', 0)
  else
    happen('renew', nil, operator)
  end
  not_due('away', operator)
  lease(operator)
  on_shift(operator)
  settle(operator)
  desk_probe.look_again(operator)
  return { new and 'OK' or 'ALREADY' }
end

-- The console's heartbeat. BACK after a silence; GONE when they are signed out. A shift at a phone has its end.
local function renew(operator)
  local o = of_operator(operator, 'presence', 'by')
  if (o[1] or 'off') == 'off' then return { 'GONE' } end
  if o[2] == 'phone' then return { 'OK' } end
  lease(operator)
  if not happen('renew', nil, operator) then return { 'OK' } end
  not_due('away', operator)
  on_shift(operator)
  settle(operator)
  return { 'BACK' }
end

local function finish(operator)
  local sid = one(of_operator(operator, 'call'))
  if not happen('finish', nil, operator) then return { 'ALREADY' } end
  not_due('wrap_up', operator)
  local c = of_call(sid, 'parted', 'arrived', 'queue', 'joined', 'operator')
  if c[1] and c[5] == operator then
    redis.call('HSET', call_key(sid), 'wrapped', NOW - c[1])
    learn_pace(c[3], 'handled', NOW - c[4])
    if is_back(sid) then tally(tonumber(c[2]), 'callback_wrapped_ms', NOW - c[1])
    else tally(tonumber(c[2]), 'wrapped_ms', NOW - c[1], quarter_of(tonumber(c[2])) .. 'wrapped_ms', NOW - c[1]) end
  end
  idle_again(operator, 0)
  return { 'OK' }
end

local function forget_break(operator)
  not_due('break', operator)
  redis.call('HDEL', operator_key(operator), 'overlong')
end

function sign_out(operator)
  local o = of_operator(operator, 'presence', 'line')
  if (o[1] or 'off') == 'off' then return { 'ALREADY' } end
  if o[2] == 'offered' or o[2] == 'connecting' or o[2] == 'calling' or o[2] == 'talking' then return { 'BUSY' } end
  off_shift(operator)
  happen('sign_out', nil, operator)
  if o[2] == 'wrap_up' then finish(operator) end
  give_help(operator, '')
  not_due('lease', operator)
  not_due('away', operator)
  not_due('rest', operator)
  forget_break(operator)
  return { 'OK' }
end

local function present(operator) return (one(of_operator(operator, 'presence')) == 'on') end

local function ready(operator)
  if not present(operator) then return { 'GONE' } end
  local moved = happen('ready', nil, operator)
  if moved then redis.call('HSET', operator_key(operator), 'reason', '', 'missed', 0, 'free_since', NOW) end
  forget_break(operator)
  settle(operator)
  desk_probe.look_again(operator)
  return { moved and 'OK' or 'ALREADY' }
end

-- A pause while the phone rings or during a call stops neither: it holds from then on, and nothing but the operator's
-- own next wish undoes it. Asking for the same again does not begin it anew.
local function pause(operator, reason)
  if not present(operator) then return { 'GONE' } end
  local o = of_operator(operator, 'intent', 'reason')
  if o[1] == 'paused' and o[2] == reason then return { 'ALREADY' } end
  happen('pause', nil, operator, reason)
  redis.call('HSET', operator_key(operator), 'reason', reason)
  forget_break(operator)
  local limit = seconds('break:' .. reason)
  if limit > 0 then due('break', operator, NOW + limit) end
  settle(operator)
  return { 'OK' }
end

-- A break has lasted as long as breaks for its reason may; it began when there was no call any more. A supervisor is
-- told, once; nobody is forced back to work.
local function break_is_over(operator)
  local o = of_operator(operator, 'intent', 'reason', 'line', 'intent_since', 'line_since')
  local limit = seconds('break:' .. (o[2] or ''))
  if o[1] ~= 'paused' or limit == 0 then return end
  local began = math.max(tonumber(o[4]), tonumber(o[5]) or 0)
  if (o[3] or 'idle') ~= 'idle' then return due('break', operator, NOW + limit) end
  if began + limit > NOW then return due('break', operator, began + limit) end
  redis.call('HSET', operator_key(operator), 'overlong', began + limit)
  announce('overlong', 'operator', operator, 'note', o[2])
end

-- After this call. With no call, at once.
local function leave(operator)
  if not present(operator) then return { 'GONE' } end
  local moved = happen('leave', nil, operator)
  settle(operator)
  if (of_operator(operator, 'line')[1] or 'idle') == 'idle' then return sign_out(operator) end
  return { moved and 'OK' or 'ALREADY' }
end

-- They leave their desk phone as if they had said so: after the call that they have.
local function shift_is_over(operator)
  leave(operator)
  if not present(operator) then return end
  redis.call('HSET', operator_key(operator), 'lease', NOW + AWAY_MS)
  due('lease', operator, NOW + AWAY_MS)
end

local function silent(operator)
  local o = of_operator(operator, 'lease', 'line', 'call', 'by', 'probe')
  if (tonumber(o[1]) or 0) > NOW then return due('lease', operator, o[1]) end
  if o[4] == 'phone' then return shift_is_over(operator) end
  lapse(operator)
  if o[2] ~= 'offered' then return end
  if o[5] then return desk_probe.miss(operator, 'lost') end
  if one(of_call(o[3], 'operator')) == operator then miss(o[3]) else guest_declines(o[3], operator, 'no_answer') end
end

local function away(operator)
  if sign_out(operator)[1] == 'BUSY' then due('away', operator, NOW + AWAY_MS) end
end

-- Nobody reported both in the room. If both asked for it, news may have been lost: somebody looks in, once.
local function join_late(sid)
  local c = of_call(sid, 'operator', 'met', 'looked', 'room', 'caller_leg')
  local leg = one(of_operator(c[1] or '', 'leg'))
  if not c[2] or leg == '' or c[3] then return lose(sid) end
  redis.call('HSET', call_key(sid), 'looked', 1)
  errand('look_in', sid, c[4] .. ' ' .. leg .. ' ' .. (c[5] or sid))
  due('join', sid, NOW + seconds('join_seconds'))
end

-- The caller has waited long enough for their own line alone.
local function overflow(sid)
  local c = of_call(sid, 'state', 'queue')
  if c[1] ~= 'waiting' and c[1] ~= 'offered' and c[1] ~= 'connecting' then return end
  redis.call('HSET', call_key(sid), 'also', redis.call('HGET', key('rules'), 'overflow_to:' .. c[2]) or '')
  if c[1] ~= 'waiting' then return end
  put_in_line(sid)
  match_call(sid)
end

-- What is done when a deadline comes, by the word before its colon.
local WHEN_DUE = {
  offer = miss,
  join = join_late,
  wrap_up = finish,
  rest = settle,
  lease = silent,
  away = away,
  overflow = overflow,
  ['break'] = break_is_over,
  block = block_is_over,
  parting = still_parting,
  dial = dial_next,
  probe = probe_is_late,
  guest = guest_never_came,
  hold = still_on_hold,
  tape = resume_tape,
  promise = promise_is_due,
  case = cases.is_late,
  ringing = still_ringing,
  ring_back = ring_back_is_late,
  back = wake_or_rest,
  call = late_back,
  age = expire_back,
  forget = forget_missed,
  text = text_hangs,
}

-- Act on what is due, at most `limit` of it. Any worker, at any time: whoever looks first acts. What an act before it
-- has put off to a later moment is left for then. `today` is the city's date, which cases are numbered by.
local function tick(limit, today)
  cases.today = today
  local list = redis.call('ZRANGEBYSCORE', key('due'), '-inf', NOW, 'LIMIT', 0, tonumber(limit))
  for _, item in ipairs(list) do
    local at = tonumber(redis.call('ZSCORE', key('due'), item)) -- what came before may have put it off
    if at and at <= NOW then
      redis.call('ZREM', key('due'), item)
      local what, id = string.match(item, '^([%w_]+):(.+)$')
      WHEN_DUE[what](id)
    end
  end
  return #list
end

-- Nobody need be asked any more for what the carrier was to do.
local function errand_is_done(group, id)
  redis.call('XACK', key('errands'), group, id)
  return { redis.call('XDEL', key('errands'), id) == 1 and 'OK' or 'ALREADY' }
end

register('errand_is_done', errand_is_done)
register('sign_in', sign_in)
register('sign_out', sign_out)
register('renew', renew)
register('ready', ready)
register('pause', pause)
register('leave', leave)
register('finish', finish)
register('tick', tick)
