--[[
Whoever else comes into a talk: the caller on hold, a colleague or somebody from outside who is consulted, brought in
or given the caller; and how a caller passes from one operator to another. The sixth chapter of the library that
acd.lua begins; its helpers are used here.

A guest is known by their own call at the carrier, or by the label they were called with: guest-<n>, the n-th of this
call. They are either an operator, whose line moves with them, or an outside phone.
]]

local hand_over -- the caller, from one operator to another
local guest_never_came, still_on_hold -- what is done when their deadlines come
local call_had_by -- an operator, of their own

do
  local NETWORK_MS = 15000 -- that a carrier may ring longer than it was told, and take to tell us so

  local function guest_of(sid)
    local c = of_call(sid, 'guest', 'guest_kind', 'guest_who', 'guest_name', 'guest_leg', 'guest_mode', 'guests')
    local is_operator = c[2] == 'operator'
    return { state = c[1] or 'none', operator = is_operator and c[3] or nil, who = c[3], name = c[4], leg = c[5] or '',
             mode = c[6], note = not is_operator and c[4] or nil, n = tonumber(c[7]) or 0 }
  end

  -- The call that this operator has, if it is theirs and not another's that they were brought into.
  function call_had_by(operator)
    local o = of_operator(operator, 'call', 'line')
    if o[2] ~= 'talking' or one(of_call(o[1], 'operator')) ~= operator then return nil end
    return o[1]
  end

  -- ------------------------------------------------------------------------------------------ on hold

  local function put_on_hold(sid, operator)
    if not happen('hold', sid, operator) then return { 'ALREADY' } end
    due('hold', sid, NOW + seconds('hold_remind_seconds'))
    errand('hold', sid)
    return { 'OK' }
  end

  -- Off hold, in the books; what the carrier is to do about it depends on why.
  local function off_hold(sid, operator)
    local since = tonumber(one(of_call(sid, 'hold_since')))
    if not happen('resume', sid, operator) then return false end
    not_due('hold', sid)
    redis.call('HINCRBY', call_key(sid), 'held', NOW - since)
    return true
  end

  local function resume(sid, operator)
    if not off_hold(sid, operator) then return { 'ALREADY' } end
    errand('hold', sid)
    return { 'OK' }
  end

  -- By the operator's wish, in a talk of two; with a guest, who speaks with whom is decided otherwise.
  local function change_hold(act)
    return function(operator)
      local sid = call_had_by(operator)
      if not sid then return { 'GONE' } end
      if guest_of(sid).state ~= 'none' then return { 'BUSY' } end
      return act(sid, operator)
    end
  end

  function still_on_hold(sid)
    if not happen('remind', sid, one(of_call(sid, 'operator'))) then return end
    redis.call('HINCRBY', call_key(sid), 'reminded', 1)
    due('hold', sid, NOW + seconds('hold_remind_seconds'))
  end

  -- ------------------------------------------------------------------------------------------ a guest is called

  -- `kind` is operator, outside or emergency; `who` their number; `mode` consult (the caller on hold) or conference.
  local function invite(operator, kind, who, name, mode)
    local sid = call_had_by(operator)
    if not sid then return { 'GONE' } end
    if guest_of(sid).state ~= 'none' then return { 'ALREADY' } end
    local colleague = kind == 'operator' and who or nil
    if colleague and (colleague == operator or not has_free_hands(colleague)) then return { 'BUSY' } end
    local n = guest_of(sid).n + 1
    happen('invite', sid, colleague, not colleague and name or nil, {
      'guest_kind', kind, 'guest_who', who, 'guest_name', name, 'guest_mode', mode, 'guests', n, 'guest_label', 'guest-' .. n })
    redis.call('HDEL', call_key(sid), 'guest_end', 'guest_leg', 'guest_sealed')
    local late = NETWORK_MS
    if colleague then
      unsettle(colleague)
      redis.call('HSET', operator_key(colleague), 'call', sid)
      late = ring_desk_phone(colleague)
    else
      errand('invite', sid, string.format('%d', n))
    end
    if kind == 'emergency' then
      local c = one(of_call(sid, 'emergencies'))
      local made = string.format('%s %d %s', name, NOW, operator)
      redis.call('HSET', call_key(sid), 'emergencies', c ~= '' and c .. '\n' .. made or made)
    end
    due('guest', sid, NOW + seconds('guest_ring_seconds') + late)
    if mode == 'consult' then put_on_hold(sid, operator) end
    return { 'OK' }
  end

  -- The carrier rings them: this is their leg. GONE to one that nobody waits for any more.
  local function guest_rings(sid, n, leg)
    local guest = guest_of(sid)
    if guest.state == 'none' or guest.n ~= tonumber(n) or (guest.leg ~= '' and guest.leg ~= leg) then return { 'GONE' } end
    redis.call('HSET', call_key(sid), 'guest_leg', leg)
    return { 'OK' }
  end

  function guest_answers(sid, operator)
    if guest_of(sid).operator ~= operator or not happen('answer', sid, operator) then return { 'GONE', '' } end
    redis.call('HSET', operator_key(operator), 'missed', 0)
    due('guest', sid, NOW + seconds('join_seconds'))
    return { 'OK', one(of_call(sid, 'room')) }
  end

  function guest_comes(sid, leg)
    local guest = guest_of(sid)
    if guest.state ~= 'ringing' then return { guest.state == 'none' and 'GONE' or 'ALREADY' } end
    local event = guest.mode == 'consult' and 'consult' or 'confer'
    if not happen(event, sid, guest.operator, guest.note, { 'guest_leg', leg }) then return { 'GONE' } end
    not_due('guest', sid)
    errand('guard', sid)
    if event == 'confer' then resume(sid, one(of_call(sid, 'operator'))) end
    return { 'OK' }
  end

  -- ------------------------------------------------------------------------------------------ a guest goes

  local REST_AFTER = { declined = 'declined_cooldown_seconds', no_answer = 'missed_cooldown_seconds' }

  -- They are out of the call, for whatever reason: `why` is declined, no_answer, busy, failed, left, dismissed, over.
  local function dismiss(sid, why)
    local guest = guest_of(sid)
    local note = guest.operator and why or (guest.name or '') .. ' ' .. why
    if not happen('dismiss', sid, guest.operator, note, { 'guest_end', why }) then return false end
    not_due('guest', sid)
    if guest.leg ~= '' then errand('hang_up', guest.leg) end
    redis.call('HDEL', call_key(sid), 'guest_leg', 'guest_mode', 'guest_sealed', 'guest_label')
    if guest.state == 'consulting' or guest.state == 'conference' then errand('guard', sid) end
    if guest.operator then idle_again(guest.operator, REST_AFTER[why] and seconds(REST_AFTER[why]) or 0) end
    return true
  end

  -- They go, and the caller, if on hold, is with the operator again at once.
  function guest_goes(sid, why)
    if not dismiss(sid, why) then return { 'GONE' } end
    resume(sid, one(of_call(sid, 'operator')))
    return { 'OK' }
  end

  function guest_declines(sid, operator, why)
    local rings = of_operator(operator, 'line')[1] == 'offered'
    if not rings or guest_of(sid).operator ~= operator then return { 'GONE' } end
    return guest_goes(sid, why)
  end

  function guest_never_came(sid) guest_goes(sid, 'no_answer') end

  -- The carrier says that the leg of the n-th guest is over.
  local function guest_is_over(sid, n, leg, why)
    local guest = guest_of(sid)
    if guest.state == 'none' or guest.n ~= tonumber(n) or (guest.leg ~= '' and guest.leg ~= leg) then return { 'GONE' } end
    if guest.state == 'handed' then
      come_back(sid, false)
      return { 'OK' }
    end
    return guest_goes(sid, guest.state == 'ringing' and why or 'left')
  end

  -- The carrier has it: while there is a guest, the room does not end with the operator any more.
  local function guarded(sid, yes)
    if yes == '1' then redis.call('HSET', call_key(sid), 'guarded', 1) else redis.call('HDEL', call_key(sid), 'guarded') end
    return { 'OK' }
  end

  function company_leaves(sid, guest, held)
    if guest and guest ~= 'none' then dismiss(sid, 'over') end
    if held == 'on' then off_hold(sid, one(of_call(sid, 'operator'))) end
    if redis.call('ZREM', key('due'), 'tape:' .. sid) == 1 then -- a pause of the recording ends with the talk
      happen('resume_tape', sid)
      errand('tape', sid)
    end
  end

  -- ------------------------------------------------------------------------------------------ who stays with the caller

  -- All three speak with each other.
  local function confer(operator)
    local sid = call_had_by(operator)
    if not sid then return { 'GONE' } end
    local guest = guest_of(sid)
    if guest.state == 'conference' then return { 'ALREADY' } end
    if guest.state ~= 'consulting' or not happen('confer', sid, guest.operator, guest.note) then return { 'GONE' } end
    resume(sid, operator)
    return { 'OK' }
  end

  local function take_back(operator)
    local sid = call_had_by(operator)
    if not sid then return { 'GONE' } end
    if guest_of(sid).state == 'none' then return { 'ALREADY' } end
    return guest_goes(sid, 'dismissed')
  end

  local function to_wrap_up(sid, operator)
    note_part(sid, operator, NOW)
    due('wrap_up', operator, NOW + seconds('wrap_up_seconds'))
  end

  -- The caller stays in the room, `from` goes to their wrap-up, and `to` is the call's operator from now on.
  function hand_over(sid, from, to)
    local c = of_call(sid, 'state', 'operator', 'hold')
    local o = of_operator(to, 'line', 'call')
    local line, guest = o[1] or 'idle', guest_of(sid)
    local able = line == 'idle' or (line == 'talking' and o[2] == sid)
    if c[2] == to and c[1] == 'talking' then return { 'ALREADY' } end
    if c[1] ~= 'talking' or c[2] ~= from or guest.state == 'handed' or not able then return { 'GONE' } end
    if guest.state ~= 'none' and guest.operator ~= to then dismiss(sid, 'dismissed') end
    off_hold(sid, from)
    happen('hand_over', sid, from)
    to_wrap_up(sid, from)
    unsettle(to)
    happen('take_over', sid, to, nil, { 'operator', to, 'with_since', NOW })
    redis.call('HSET', operator_key(to), 'call', sid)
    index(sid, 'operator', to)
    for _, ear in ipairs(words(one(of_call(sid, 'ears')))) do errand('tune', ear) end -- whom they whisper to has changed
    return { 'OK' }
  end

  -- The operator goes and the guest stays with the caller, who is off hold: 转接 out of a consultation, 离开 out of a talk
  -- of three. The carrier is asked in this order: the guest's leaving ends the room, the operator's no longer does.
  function transfer(operator)
    local sid = call_had_by(operator)
    if not sid then return { 'GONE' } end
    local guest, leg = guest_of(sid), one(of_operator(operator, 'leg'))
    if guest.state ~= 'consulting' and guest.state ~= 'conference' then return { 'GONE' } end
    if guest.operator then
      hand_over(sid, operator, guest.operator)
      redis.call('HSET', operator_key(guest.operator), 'leg', guest.leg)
      redis.call('HDEL', call_key(sid), 'guest_leg', 'guest_label')
    else
      off_hold(sid, operator)
      happen('transfer', sid, operator, guest.note, { 'handed_to', guest.name })
      to_wrap_up(sid, operator)
    end
    errand('hand_over', sid, leg .. ' ' .. guest.leg)
    redis.call('HDEL', call_key(sid), 'guarded')
    return { 'OK' }
  end

  -- The carrier has done it: from now on the room ends when the one they were handed to leaves it.
  local function handed_over(sid, leg)
    if guest_of(sid).leg == leg then redis.call('HSET', call_key(sid), 'guest_sealed', 1) end
    return { 'OK' }
  end

  -- Whom they talked with is gone, and nobody meant that: they are told, and are next. One stretch of waiting and talking
  -- is over, and another begins. An operator whose softphone was lost is asked first: the page may be back already.
  -- Those whom we called cannot wait in line on that call, and are rung again.
  function come_back(sid, with_operator)
    local c = of_call(sid, 'operator', 'guest_sealed', 'queued', 'accepted', 'talk_since', 'place', 'room', 'hold',
                      'guarded')
    local is_out = with_operator and not c[9] or (not with_operator and c[2]) -- as the room has ended
    company_leaves(sid, guest_of(sid).state, c[8])
    local operator = with_operator and c[1] or nil
    local lost = operator and not is_at_a_phone(operator)
    nobody_listens(sid)
    if is_back(sid) then
      if ring_again(sid, operator, is_out) and operator then to_wrap_up(sid, operator) end
      return
    end
    if not happen(lost and 'drop' or 'come_back', sid, operator, nil, { 'queued', NOW, 'alone', c[7],
        'place', string.format('%.0f', (TOP - 8) * 1e13 + (tonumber(c[6]) or NOW) % 1e13) }) then return end
    if lost then note_part(sid, operator, NOW) elseif operator then to_wrap_up(sid, operator) end
    redis.call('HINCRBY', call_key(sid), 'waited', c[4] - c[3])
    redis.call('HINCRBY', call_key(sid), 'talked', NOW - c[5])
    redis.call('HDEL', call_key(sid), 'talk_since', 'told', 'told_at', 'guarded')
    if not is_out then errand('redirect', sid, 'left_alone') end
    back_in_line(sid, lost and operator or nil)
  end

  -- ------------------------------------------------------------------------------------------ what they write of it

  -- Whoever has the call, had it or was asked may note what it was about; the last word stands.
  local function note(sid, operator, text)
    local c = of_call(sid, 'arrived', 'operator', 'operators', 'guest_who')
    if not c[1] then return { 'GONE' } end
    local took_part = c[2] == operator or c[4] == operator or string.find(' ' .. (c[3] or ''), ' ' .. operator .. '=', 1, true)
    if not took_part then return { 'NO' } end
    redis.call('HSET', call_key(sid), 'note', text, 'noted', NOW, 'noted_by', operator)
    return { 'OK' }
  end

  register('note', note)
  register('hold', change_hold(put_on_hold))
  register('resume', change_hold(resume))
  register('invite', invite)
  register('guest_rings', guest_rings)
  register('guest_is_over', guest_is_over)
  register('confer', confer)
  register('take_back', take_back)
  register('transfer', transfer)
  register('handed_over', handed_over)
  register('guarded', guarded)
  register('hand_over', hand_over)
end
