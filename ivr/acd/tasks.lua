--[[
What is left to be done when the telephone is still: messages, missed callers and call-backs, taken on by one operator
each. The tenth chapter of the library that acd.lua begins; its helpers are used here.
]]

do
  local MINUTE_MS = 60 * 1000

  -- A caller whom nobody could serve has left words. They may have hung up by the time we learn of it.
  local function keep_message(sid, recording, length)
    local c = of_call(sid, 'arrived', 'recording', 'outcome', 'state', 'line')
    if not c[1] then return { 'GONE' } end
    if c[2] then return { 'ALREADY' } end
    redis.call('HSET', call_key(sid), 'recording', recording, 'recording_seconds', length, 'outcome', 'message')
    redis.call('ZADD', key('messages'), c[1], sid)
    no_longer_missed(sid)
    if c[4] == 'ended' then
      redis.call('ZREM', key('calls:outcome', c[3]), sid)
      index(sid, 'outcome', 'message', c[1])
      tally(tonumber(c[1]), 'outcome:' .. c[3], -1, 'line:' .. c[5] .. ':' .. c[3], -1, 'outcome:message', 1,
            'line:' .. c[5] .. ':message', 1)
    end
    announce('message', 'call', sid)
    return { 'OK' }
  end

  -- Whose it is now; nobody's once they have sat on it too long.
  local function claimed_by(sid)
    local c = of_call(sid, 'claimed_by', 'claimed_until')
    return (tonumber(c[2]) or 0) > NOW and c[1] or ''
  end

  local function is_open(sid) return redis.call('ZSCORE', key('messages'), sid) end

  -- Of any number who want it, one gets it. Answers { word, whose it is }.
  local function claim(sid, operator)
    if not is_open(sid) then return { 'GONE', '' } end
    local whose = claimed_by(sid)
    if whose ~= '' and whose ~= operator then return { 'BUSY', whose } end
    redis.call('HSET', call_key(sid), 'claimed_by', operator, 'claimed_until', NOW + rule('claim_minutes') * MINUTE_MS)
    return { whose == operator and 'ALREADY' or 'OK', operator }
  end

  local function give_back(sid, operator)
    if claimed_by(sid) ~= operator then return { 'ALREADY' } end
    redis.call('HDEL', call_key(sid), 'claimed_by', 'claimed_until')
    return { 'OK' }
  end

  local function worked_off(sid, operator, note)
    redis.call('HSET', call_key(sid), 'worked_off_by', operator, 'worked_off', NOW, 'worked_off_note', note)
    redis.call('ZADD', key('settled'), NOW, sid)
  end

  -- Somebody has listened to it and done what there was to do. Answers { word, whose it is }.
  local function work_off(sid, operator, note)
    if not is_open(sid) then return { 'ALREADY', '' } end
    local whose = claimed_by(sid)
    if whose ~= '' and whose ~= operator then return { 'BUSY', whose } end
    redis.call('ZREM', key('messages'), sid)
    worked_off(sid, operator, note)
    return { 'OK', operator }
  end

  -- A missed caller is taken off the list by hand, with the reason.
  local function dismiss(caller, line, operator, note)
    local who = caller .. ' ' .. line
    local sid = string.match(redis.call('HGET', key('misses'), who) or '', '(%S+)$')
    if not sid then return { 'ALREADY' } end
    forget_missed(who)
    worked_off(sid, operator, note)
    return { 'OK' }
  end

  -- An operator makes this call-back now, whatever its turn. NO: it stands in none of their lines, and is left there.
  local function make_now(back, operator, room)
    if not has_free_hands(operator) then return { 'BUSY' } end
    if one(of_call(back, 'state')) == 'later' and is_back(back) then
      if not serves_a_line_of(operator, back) then return { 'NO' } end
      happen('wake', back)
      not_due('back', back)
    end
    return { pick(back, operator, room)[1] }
  end

  -- An operator calls back a caller who did not ask for it, now: nothing is begun that they could not do at once.
  local function call_again(sid, back, source, operator, room)
    if not has_free_hands(operator) then return { 'BUSY', '' } end
    local word, which = begin_again(sid, back, source, operator)
    if word ~= 'OK' then return { word, which } end
    return { make_now(back, operator, room)[1], back }
  end

  register('call_again', call_again)
  register('keep_message', keep_message)
  register('claim', claim)
  register('give_back', give_back)
  register('work_off', work_off)
  register('dismiss', dismiss)
  register('make_now', make_now)
end
