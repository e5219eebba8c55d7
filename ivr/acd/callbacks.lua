--[[
Call-backs: a caller leaves the line, and a call of our own stands in their place. It is offered, accepted and talked
like any other; the caller's phone is rung last, once the operator is in the room. The fourth chapter of the library
that acd.lua begins; its helpers are used here.

A call-back is a record call:CB... with some fields of its own: of (the call that asked), source (where it was asked
for), pressed and typed (by which key, and whether the number was typed), tries, last_try, wakes, caller_leg, answered,
told_leg (on which the caller is told that they will be rung again), old_leg (of a try that is over, and not known to be
down).
]]

local callers_in, begin_again, withdraw_back, put_off, dial_back, settle_back -- for the chapters after this one
local wake_or_rest, late_back, expire_back -- for the clock
local ring_again -- whoever was called back and is left with nobody in the middle of the talk
do
  local MINUTE_MS = 60 * 1000
  local NETWORK_MS = 10 * 1000   -- from asking the carrier to the first ring, and from the last to the news of it
  local KEY_MS = 60 * 1000       -- to hear who calls, and to press a key, twice
  local WORDS_MS = 6 * 1000      -- the operator hears that nobody answered, before the next call rings
  local APOLOGY_MS = 15 * 1000   -- to hear that they will be rung again, and to put down the phone
  local IN_FLIGHT_MS = 10 * MINUTE_MS -- one that is too old, and with an operator, is looked at again after this

  local OF_ONE_TRY = { 'operator', 'room', 'accepted', 'offered', 'met', 'looked', 'picked_up', 'caller_in',
                       'operator_in', 'answered', 'caller_leg' }

  local function doors_are_open() return redis.call('GET', key('doors')) ~= 'closed' end

  -- How many wait on the telephone: whoever is called back holds no line.
  function callers_in(queue)
    local callers = 0
    for _, sid in ipairs(redis.call('ZRANGE', key('waiting', queue), 0, -1)) do
      if not is_back(sid) then callers = callers + 1 end
    end
    return callers
  end

  local function wake(back)
    if not happen('wake', back) then return end
    not_due('back', back)
    put_in_line(back)
    match_call(back)
  end

  -- Its time has come; at night it waits on, for the doors.
  function wake_or_rest(back)
    if one(of_call(back, 'state')) ~= 'later' then return end
    if doors_are_open() then wake(back) else due('back', back, NOW + 60 * MINUTE_MS) end
  end

  local function rest(back)
    if one(of_call(back, 'state')) ~= 'waiting' then return end
    take_out_of_line(back)
    happen('rest', back)
    due('back', back, NOW + 60 * MINUTE_MS)
  end

  -- The workers look at the calendar; what changed is acted on by whoever sees it first. In the order they were asked.
  local function doors(opening)
    if redis.call('GET', key('doors')) == opening then return { 'ALREADY' } end
    redis.call('SET', key('doors'), opening)
    for _, back in ipairs(redis.call('ZRANGE', key('backs'), 0, -1)) do
      local c = of_call(back, 'state', 'wakes')
      if opening ~= 'open' then rest(back)
      elseif c[1] == 'later' and (tonumber(c[2]) or 0) <= NOW then wake(back) end
    end
    return { 'OK' }
  end

  local function begin(back, number, facts, from)
    local c = of_call(from, 'line', 'queue', 'priority', 'place', 'also', 'language')
    local place = c[4] or string.format('%.0f', (TOP - (tonumber(c[3]) or 0)) * 1e13 + NOW)
    local all = { 'arrived', NOW, 'line', c[1], 'queue', c[2], 'priority', c[3] or 0, 'place', place, 'also', c[5] or '',
                  'caller', number, 'language', c[6] or '', 'of', from, 'tries', 0, unpack(facts) }
    if not happen('ask_back', back, nil, nil, all) then return false end
    redis.call('ZADD', key('calls'), NOW, back)
    redis.call('ZADD', key('backs'), NOW, back)
    redis.call('SET', key('back', number), back)
    index(back, 'line', c[1], NOW)
    index(back, 'caller', number, NOW)
    tally(NOW, 'callbacks_asked', 1)
    due('age', back, NOW + rule('callback_days') * 86400000)
    return true
  end

  local function link(sid, back, outcome)
    redis.call('HSET', call_key(sid), 'callback', back)
    if outcome then redis.call('HSET', call_key(sid), 'outcome', outcome) end
  end

  -- The caller has pressed the key: they hear a goodbye, and their place is kept. A number with an open call-back keeps
  -- that one, and its place; if it was put off, it is put off no longer, for they are near their phone. Answers { word, call-back }; BACK to a caller who is being answered this very moment.
  local function ask_back(sid, back, number, source, pressed, typed, opening)
    local c = of_call(sid, 'state', 'callback', 'turned_away')
    if c[2] then return { 'ALREADY', c[2] } end
    if c[1] == 'offered' or c[1] == 'connecting' or c[1] == 'talking' then return { 'BACK', '' } end
    if c[1] ~= 'waiting' and not (c[1] == 'parting' and c[3]) then return { 'GONE', '' } end
    take_out_of_line(sid)
    not_due('overflow', sid)
    happen('defer', sid, nil, nil, { 'turned_at', NOW, 'turned_away', c[3] or 'callback', 'heard_why', NOW })
    local open = redis.call('GET', key('back', number))
    if open then
      link(sid, open, 'callback')
      if opening == 'open' then wake(open) end
      return { 'ALREADY', open }
    end
    if not begin(back, number, { 'source', source, 'pressed', pressed, 'typed', typed }, sid) then
      return { 'GONE', '' }
    end
    link(sid, back, 'callback')
    if opening == 'open' then wake(back) else due('back', back, NOW + 60 * MINUTE_MS) end
    return { 'OK', back }
  end

  -- For a caller who did not ask: one who was missed, or who left a message. ALREADY when there is an open one. NO when
  -- it would stand in a line that this operator, who is to make it, does not serve.
  function begin_again(sid, back, source, operator)
    local c = of_call(sid, 'state', 'caller')
    if c[1] ~= 'ended' or (c[2] or '') == '' then return 'GONE', '' end
    local open = redis.call('GET', key('back', c[2]))
    if open then return 'ALREADY', open end
    if not serves_a_line_of(operator, sid) then return 'NO', '' end
    if not begin(back, c[2], { 'source', source }, sid) then return 'GONE', '' end
    link(sid, back)
    return 'OK', back
  end

  -- Nothing of this try is left: the operator hears why and is free, and the caller's phone stops ringing.
  local function undo_try(back, why, lets_ring)
    local c = of_call(back, 'operator', 'caller_leg')
    local operator = c[1] or ''
    local leg = one(of_operator(operator, 'leg'))
    not_due('offer', back)
    not_due('join', back)
    not_due('call', back)
    if (c[2] or '') ~= '' and not lets_ring then errand('hang_up', c[2]) end
    redis.call('HDEL', call_key(back), unpack(OF_ONE_TRY))
    if operator == '' then return end
    if leg ~= '' then errand('tell', leg, 'operator/not_reached?why=' .. why) end
    idle_again(operator, leg ~= '' and WORDS_MS or 0)
  end

  -- It is over, one way or another: listed among what is done, and out of everything that looks for it.
  function settle_back(back)
    local number = one(of_call(back, 'caller'))
    if redis.call('GET', key('back', number)) == back then redis.call('DEL', key('back', number)) end
    redis.call('ZREM', key('backs'), back)
    redis.call('ZADD', key('settled'), NOW, back)
    not_due('back', back)
    not_due('age', back)
  end

  local function has_talked(back) return one(of_call(back, 'joined')) ~= '' end

  local function close(back, outcome, by)
    redis.call('HSET', call_key(back), 'ended', NOW, 'outcome', outcome, 'ended_by', by)
    close_the_books(back)
    settle_back(back)
  end

  -- The caller did not come to the phone. Again after a while, or, after the last try, not again.
  function put_off(back, why)
    local c = of_call(back, 'operator', 'tries')
    local tries, operator = (tonumber(c[2]) or 0) + 1, c[1]
    local last = tries >= rule('callback_tries')
    local wakes = NOW + rule('callback_minutes') * MINUTE_MS
    local facts = { 'tries', tries, 'last_try', why, 'tried', NOW, 'wakes', wakes }
    if not happen(last and 'give_up' or 'put_off', back, operator, nil, facts) then return { 'ALREADY' } end
    if last then close(back, 'unreachable', 'hotline') else due('back', back, wakes) end
    undo_try(back, why)
    return { 'OK' }
  end

  -- Whom they talked with is gone, and nobody meant that: they are told, and rung again once their phone is free. It is
  -- no try of theirs, and they are next. `is_out`: the room has ended, and they will be told as they come out of it.
  function ring_again(back, operator, is_out)
    local c = of_call(back, 'caller_leg', 'place', 'talk_since', 'language')
    if not happen('break_off', back, operator, nil, {
        'wakes', NOW + APOLOGY_MS, 'last_try', 'broken_off', 'told_leg', c[1],
        'place', string.format('%.0f', (TOP - 8) * 1e13 + tonumber(c[2]) % 1e13) }) then return false end
    redis.call('HINCRBY', call_key(back), 'talked', NOW - c[3])
    redis.call('HDEL', call_key(back), 'talk_since', 'guarded', unpack(OF_ONE_TRY))
    if not is_out then errand('tell', c[1], 'broken_off ' .. (c[4] or '')) end
    due('back', back, NOW + APOLOGY_MS)
    return true
  end

  -- The operator was lost before they could talk. The caller's phone stops ringing, or they are told that they will be
  -- rung again: they are next, in their old place, once that line is down. Nobody's phone rings twice at once.
  function former.must_be_down(back, leg, answered, language)
    happen('stand_back', back, nil, nil, { 'old_leg', leg, 'last_try', 'operator_lost', 'wakes', NOW + APOLOGY_MS })
    errand(answered and 'tell' or 'hang_up', leg, answered and 'sorry_later ' .. (language or ''))
    due('back', back, NOW + APOLOGY_MS)
  end

  -- The line on which they were told is down: they can be rung.
  function former.is_down(back, leg)
    local c = of_call(back, 'told_leg', 'old_leg', 'last_try')
    if c[1] ~= leg and c[2] ~= leg then return { 'GONE' } end
    redis.call('HDEL', call_key(back), c[1] == leg and 'told_leg' or 'old_leg')
    if c[3] == 'broken_off' or c[3] == 'operator_lost' then wake_or_rest(back) end
    return { 'OK' }
  end

  -- The caller needs it no more: they said so, they were answered meanwhile, or an operator knows it. Their own phone is
  -- left alone when it is they who say it (`lets_ring`), for they are hearing the goodbye.
  function withdraw_back(back, by, why, who, lets_ring)
    local c = of_call(back, 'state', 'operator')
    if not is_back(back) or not c[1] then return { 'GONE' } end
    local state, operator = c[1], c[2]
    local held = state == 'offered' or state == 'connecting' or state == 'calling'
    take_out_of_line(back)
    if not happen('withdraw', back, held and operator or nil, by, { 'withdrawn', why, 'worked_off_by', who or '' }) then
      return { state == 'ended' and 'ALREADY' or 'BUSY' }
    end
    close(back, has_talked(back) and 'called_back' or 'called_off', by)
    undo_try(back, 'withdrawn', lets_ring)
    return { 'OK' }
  end

  -- Nobody came to it in all the days that it may be kept; or their talk was broken off, and they were not reached again.
  function expire_back(back)
    local state = one(of_call(back, 'state'))
    if state == 'ended' or state == '' then return end
    if state ~= 'later' and state ~= 'waiting' then return due('age', back, NOW + IN_FLIGHT_MS) end
    take_out_of_line(back)
    happen('expire', back)
    close(back, has_talked(back) and 'unreachable' or 'expired', 'hotline')
  end

  -- Whether this leg is the caller's of the try that goes on in this room. The first leg that is heard of is the one.
  local function is_of_this_try(back, room, leg)
    local c = of_call(back, 'room', 'caller_leg', 'state')
    if not is_back(back) or c[1] ~= room or (c[2] and c[2] ~= leg) then return false end
    if c[3] ~= 'calling' and c[3] ~= 'connecting' and c[3] ~= 'talking' and c[3] ~= 'parting' then return false end
    if not c[2] then
      redis.call('HSET', call_key(back), 'caller_leg', leg)
      redis.call('HDEL', call_key(back), 'old_leg')
    end
    return true
  end

  -- The carrier rings the caller, on this leg. If it began to when the try was over already, it is to stop.
  local function rung(back, room, leg)
    if is_of_this_try(back, room, leg) then return { 'OK' } end
    local c = of_call(back, 'state', 'told_leg', 'old_leg', 'caller_leg')
    if is_back(back) and c[1] and c[1] ~= 'ended' and leg ~= c[2] and leg ~= c[3] and leg ~= c[4] then
      redis.call('HSETNX', call_key(back), 'old_leg', leg)
      errand('hang_up', leg)
    end
    return { 'GONE' }
  end

  -- Somebody, or a machine, has answered. Answers { word, the call that asked }.
  local function answered(back, room, leg)
    if not is_of_this_try(back, room, leg) then return { 'GONE', '' } end
    local c = of_call(back, 'state', 'of', 'answered')
    if c[1] == 'calling' and not c[3] then
      redis.call('HSET', call_key(back), 'answered', NOW)
      due('call', back, NOW + KEY_MS)
    end
    return { 'OK', c[2] }
  end

  -- A person is there: they may come into the room. Answers { word, room, operator }.
  local function reach(back, room, leg)
    if not is_of_this_try(back, room, leg) then return { 'GONE', '', '' } end
    local c = of_call(back, 'state', 'operator', 'operator_in')
    if c[1] == 'parting' then return { 'GONE', '', '' } end
    if happen('reach', back, c[2], nil, { 'met', NOW }) then
      not_due('call', back)
      due('join', back, NOW + seconds('join_seconds'))
    end
    return { 'OK', room, c[2] }
  end

  -- The carrier says nothing of this call any more, though it should have.
  function late_back(back)
    put_off(back, one(of_call(back, 'answered')) ~= '' and 'hung_up' or 'no-answer')
  end

  -- The operator is on the way into the room: now the caller's phone is rung.
  function dial_back(back, operator)
    if not is_back(back) or one(of_call(back, 'caller_leg')) ~= '' then return end
    if not happen('dial', back, operator) then return end
    not_due('join', back)
    due('call', back, NOW + seconds('callback_ring_seconds') + NETWORK_MS)
    errand('ring', back, one(of_call(back, 'room')))
  end

  -- The carrier was not asked, or would not: `closed` when the doors have closed since it was accepted, which is no try.
  local function not_rung(back, room, why)
    local c = of_call(back, 'room', 'state', 'operator')
    if c[1] ~= room or c[2] ~= 'calling' then return { 'GONE' } end
    if why ~= 'closed' then return put_off(back, why) end
    happen('put_off', back, c[3])
    due('back', back, NOW + 60 * MINUTE_MS)
    undo_try(back, 'closed')
    return { 'OK' }
  end

  register('doors', doors)
  register('ask_back', ask_back)
  register('rung', rung)
  register('answered', answered)
  register('reach', reach)
  register('not_rung', not_rung)
  register('call_off', function(back, by, why, who, lets_ring)
    return withdraw_back(back, by, why, who, lets_ring == '1')
  end)
end
