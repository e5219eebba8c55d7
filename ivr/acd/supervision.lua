--[[
What a supervisor does: helps, moves a caller, sees to it that an operator pauses or goes, and speaks to the desks. The
eighth chapter of the library that acd.lua begins; its helpers are used here.

Nothing here cuts into a call: what is asked of an operator who has one holds from the end of it on.
]]

do
  local EVERYBODY = '*'
  local HELP_MS = 30 * 60 * 1000 -- a call for help that nobody answered by then is of no use any more

  -- ------------------------------------------------------------------------------------------ notices at the desks

  -- `to` is an operator, or * for all who are there until it expires. False if it has been posted before.
  local function post(id, to, by, kind, text, seconds_shown)
    local notice = key('notice', id)
    if redis.call('EXISTS', notice) == 1 then return false end
    local until_when = NOW + seconds_shown * 1000
    redis.call('HSET', notice, 'to', to, 'by', by, 'kind', kind, 'text', text, 'at', NOW, 'until', until_when)
    redis.call('ZADD', key('notices'), NOW, id)
    due('notice', id, until_when)
    announce('notice', 'operator', to, 'by', by, 'note', text)
    return true
  end

  local function acknowledge(id, operator)
    local to = redis.call('HGET', key('notice', id), 'to')
    if to ~= operator and to ~= EVERYBODY then return { 'GONE' } end
    if redis.call('HSETNX', key('notice', id), 'seen:' .. operator, NOW) == 0 then return { 'ALREADY' } end
    announce('acknowledge', 'operator', operator, 'note', id)
    return { 'OK' }
  end

  WHEN_DUE.notice = function(id)
    local to = redis.call('HGET', key('notice', id), 'to')
    redis.call('DEL', key('notice', id))
    redis.call('ZREM', key('notices'), id)
    if to then announce('expire', 'operator', to, 'note', id) end
  end

  -- ------------------------------------------------------------------------------------------ an operator's state

  local function busy(operator)
    local line = of_operator(operator, 'line')[1] or 'idle'
    return line == 'offered' or line == 'connecting' or line == 'talking'
  end

  -- `what` is ready, paused or off. Answers { word, 1 if it holds from the end of their call on }.
  local function force(operator, what, by, why, notice, seconds_shown)
    local o = of_operator(operator, 'presence')
    if (o[1] or 'off') == 'off' or (o[1] ~= 'on' and what ~= 'off') then return { 'GONE', 0 } end
    if not post(notice, operator, by, what, why, seconds_shown) then return { 'ALREADY', 0 } end
    local later = busy(operator)
    if what == 'ready' then ready(operator)
    elseif what == 'paused' then pause(operator, 'FORCED')
    elseif later then leave(operator)
    else sign_out(operator) end
    announce('force', 'operator', operator, 'by', by, 'what', what, 'note', why)
    return { 'OK', later and 1 or 0 }
  end

  -- ------------------------------------------------------------------------------------------ a caller's place

  -- The moment at which they came into the line stays known, wherever they are put.
  local function moment_of(sid)
    local c = of_call(sid, 'moment', 'place')
    return tonumber(c[1]) or (tonumber(c[2]) or NOW) % 1e13
  end

  local function placed(place) return string.format('%.0f', place) end

  local function prioritise(sid, priority, by)
    local c = of_call(sid, 'priority', 'state', 'place')
    if c[1] == priority then return { 'ALREADY' } end
    local facts = { 'priority', priority }
    if c[3] then
      local moment = moment_of(sid)
      facts = { 'priority', priority, 'moment', moment, 'place', placed((TOP - tonumber(priority)) * 1e13 + moment) }
    end
    if not happen('prioritise', sid, by, priority, facts) then return { 'GONE' } end
    if c[2] == 'waiting' then put_in_line(sid) end
    return { 'OK' }
  end

  -- Before everybody else in their own line.
  local function advance(sid, by)
    local queue = one(of_call(sid, 'queue'))
    local first = redis.call('ZRANGE', key('waiting', queue), 0, 0, 'WITHSCORES')
    if first[1] == sid then return { 'ALREADY' } end
    local facts = { 'moment', moment_of(sid), 'place', placed((tonumber(first[2]) or NOW) - 1) }
    if not happen('advance', sid, by, nil, facts) then return { 'GONE' } end
    put_in_line(sid)
    return { 'OK' }
  end

  local function requeue(sid, queue, by)
    local c = of_call(sid, 'queue', 'state')
    if c[1] == queue then return { 'ALREADY' } end
    if c[2] == 'waiting' then take_out_of_line(sid) end
    if not happen('requeue', sid, by, queue, { 'queue', queue, 'also', '' }) then return { 'GONE' } end
    if c[2] ~= 'waiting' then return { 'OK' } end
    not_due('overflow', sid)
    local patience = seconds('overflow_after:' .. queue)
    if patience > 0 then due('overflow', sid, NOW + patience) end
    put_in_line(sid)
    match_call(sid)
    return { 'OK' }
  end

  -- ------------------------------------------------------------------------------------------ an operator asks for help

  local function ask_help(operator, why)
    if not present(operator) then return { 'GONE' } end
    if not happen('ask_help', nil, operator, why) then return { 'ALREADY' } end
    redis.call('HSET', operator_key(operator), 'help_why', why)
    due('help', operator, NOW + HELP_MS)
    return { 'OK' }
  end

  -- A supervisor has seen to it, the operator needs it no more, or it is too late.
  function give_help(operator, by)
    if not happen('give_help', nil, operator, by) then return { 'ALREADY' } end
    redis.call('HDEL', operator_key(operator), 'help_why')
    not_due('help', operator)
    return { 'OK' }
  end

  WHEN_DUE.help = function(operator) give_help(operator, 'nobody') end

  register('notify', function(...) return { post(...) and 'OK' or 'ALREADY' } end)
  register('acknowledge', acknowledge)
  register('force', force)
  register('prioritise', prioritise)
  register('advance', advance)
  register('requeue', requeue)
  register('ask_help', ask_help)
  register('give_help', give_help)
end
