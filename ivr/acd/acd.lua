#!lua name=acd
--[[
The queue: every move that two workers could race for, each one atomic.

Call it with FCALL acd_<move> 1 {hotline}: <now in ms> <arguments>. The one key given is what every key of the
hotline begins with. A function that chooses a call or an operator must spell their keys itself; that is safe in a
cluster because the braces put all of them into one slot.

    call:<sid>          hash    state since line caller language class pace again blocked_until came_from passed_to queue also place arrived queued
                                offered accepted joined parted ended operator operators room outcome ended_by waited
                                talked wrapped sealed ears moves t1 t2 ...
                                hold hold_since held tape tape_since tape_sid guest guest_since guest_kind
                                guest_who guest_name guest_leg ...
                                answered in person: mode holder rang ringing rung answered_by missed_why away
                                (t<n> is the timeline: "<ms since arrival> <event> <operator>"; operators are all who
                                talked with the caller, each with the ms that they did: "9001=61000 9002=8000")
    operator:<id>       hash    presence intent reason line help ear (each with <name>_since), call, leg, queues, lease,
                                free_since, rest_until, missed, overlong (a break, since),
                                ready_since, busy_since (what is not in the counts of the hour yet), by (softphone or phone), and of a
                        desk phone: rings (how many), ringing (which), ring_asked, ring_leg, ring_heard
                                and of one who is offered a dial test, or is in it: probe (the number), probe_sid
                                and of a supervisor in a talk: ear_call ear_mode ear_leg ear_tuned
    operators           set     every operator who ever signed in
    on_shift:<queue>    set     operators who are present
    idle:<queue>        zset    operators who can take a call now, by free_since
    waiting:<queue>     zset    calls, by place: priority first, then arrival in the queue
    live                zset    calls that are not over, by arrival
    messages            zset    calls whose message nobody has worked off yet, by arrival
    backs               zset    call-backs that are not over, by the moment they were asked for
    back:<number>       string  the open call-back to that number
    doors               string  open or closed, as the workers last saw the calendar
    missed              zset    "<caller> <line>" of callers whom nobody served, by their last call
    misses              hash    "<caller> <line>": how often, since when, and the sid of the last call
    settled             zset    call-backs, messages and missed calls that are done with, by the moment
    due                 zset    "<what>:<id>" by the moment at which somebody must act
    events, errands     streams every move; what the phone company must be asked to do
    last:<caller>       string  the operator they talked with, for a while
    asked:<caller>      string  that they were asked how it was, for some days
    place:<caller>      string  queue and place of a caller whose call was lost in the line, for a while
    pace:<queue>        hash    how long calls keep an operator, how long the answered waited, and of how many we know
    shares              hash    how much of the operators' time each queue has had, over its share of it
    calls, calls:line:<number>, calls:caller:<number>, calls:operator:<id>, calls:outcome:<word>
                        zsets   of call sids, by arrival
    language:<caller>   string  the language that they chose, for a year
    classes             hash    callers and the class that an admin put them in: "<class>|<since>|<by>|<why>"
    blocks              hash    callers whom a supervisor asked to pause: "<until>|<since>|<by>|<sid>|<why>"
    unstaffed           hash    since when nobody is present for a queue
    tally:<hour>        hash    counts of the hour (since 1970) in which the calls arrived
    exports             zset    exports that are to be made, by when their worker counts as silent
    export:<id>         hash    who asked for what and how far it is: state turn done rows why and what exports.py knows
    notice:<id>         hash    to by kind text at until, and seen:<operator> of those who acknowledged it
    notices             zset    ids of the notices that desks show, by the moment they were posted
    alarm:<name>        hash    what is not as it should be: text since, and by, who has taken it on
    alarms              zset    the alarms that stand, by the moment they were raised
    past_alarms         stream  those that are over: name text since until by
    rules               hash    seconds and limits, as the profile gives them
    probe:<number>      hash    the test of a published number under way, or its last: state since asked by opening
                                dialled leg answered arrived inbound why on_shift heard status code ended verdict
                                through, and of one that goes on to a person: way (official, operator) ringing rung
                                picked reached why_<whom> learnt_<whom> away away_until, sought operator taken
    probes:<number>     stream  the tests of this number, as they were judged
    probes_asked        zset    published numbers that wait to be tested, in their order
    probes_out          zset    published numbers whose test is under way, by when they were dialled
    promise:<sid>       hash    the promise that was made in this call: state since line caller holder why opened
                                remind_at due_at office_until duty_until case_until kept settled how by note late case told_<stage>
    ring_back:<sid>     hash    the last ringing back on that promise: state since asked by room, the carrier's calls
                                to the official and the caller, talk_since talked result
    promises            zset    promises that are not kept and no case yet, by when they are due
    promises_left       zset    promises that became a case and are not kept, by since when
    promises:line:<number> zset every promise of a post, by when it was made
    promise_counts      hash    "<number>:<what>": how many promises a post made, kept, kept late, did not keep
    promised:<line>:<caller>
                        set     the promises of a post to a caller that are not kept
    case:<number>       hash    a case (工单): state since sid line caller holder why promised promise_due opened due_at late answered
                                answered_by how answer returned closed closed_by entries, entry<n> (JSON: at event by said)
    cases:<state>       zset    the cases in this state, by since when
    cases_of:<day>      string  how many cases were opened on a day
    probes_failed       hash    published numbers whose last test failed, and what it found
    probe_run           hash    the tests asked for together: by asked total done failed; scheduled
    text:<sid>          hash    the text of a call: state since to line words written taken code counted (with those that did not arrive)
    texted:<number>     zset    "<sid> <words>" of the texts to a number in the last day, by when they were written
    texts_of:<day>      string  how many texts were written on a day
    texts_failing       hash    failed why at: how many texts in a row did not arrive
    hooks               zset    subscriptions (推送): somebody's own system that is told what happens, by when they were made
    hook:<id>           hash    url title events whole (numbers are not masked) state since made by secrets turn dropped
                                last last_said last_code
    hook_line:<id>      list    deliveries to it that wait, the oldest first; the head is the one under way
    hook_past:<id>      list    those that are done with, the newest first
    hooks_due           zset    subscriptions whose head is to be tried, by when, or by when whoever has it lost it
    hooks_told          string  the last of the events that was put in line
    delivery:<id>       hash    hook event kind at body state since tries, and try<n>: "<at> <code> <ms> <what was said>"
    absent:<line>       hash    kind until by since: what the holder of a post is at, and until when nobody rings them
    code:<line>         hash    digest since by wrong locked_until: the code by which this post is switched by telephone
    code_tries:<caller> hash    wrong last answer: how many wrong codes were typed at a telephone of late, which
                                typing was the last, and how it was answered
    codes_locked        zset    posts whose code was guessed at, by when it may be tried again
    phones:<line>       hash    failed why at: how often in a row the own phone of a post could not be rung
    phones_failing      hash    posts whose own phone could not be rung so often that it is an alarm, and why

Times are milliseconds since 1970, always an argument; Valkey's own clock is never asked. A function that fails half
way is not undone: each checks everything first and writes after. Answers are words.
]]

-- event -> who moves -> { state before = state after }. What is not written here does not happen.
local MOVES = {
  arrive    = { call = { none = 'greeting' } },
  turn_away = { call = { greeting = 'parting', waiting = 'parting', missed = 'parting' } },
  ring      = { call = { greeting = 'ringing', ringing = 'ringing', missed = 'ringing' } },
  answer_in_person = { call = { ringing = 'in_person' } },
  miss_in_person   = { call = { greeting = 'missed', ringing = 'missed', in_person = 'missed' } },
  wait      = { call = { greeting = 'waiting', missed = 'waiting' } },
  offer     = { call = { waiting = 'offered' },    line = { idle = 'offered' } },
  accept    = { call = { offered = 'connecting' }, line = { offered = 'connecting' } },
  miss      = { call = { offered = 'waiting' },    line = { offered = 'idle' } },
  decline   = { call = { offered = 'waiting' },    line = { offered = 'idle' } },
  join      = { call = { connecting = 'talking' }, line = { connecting = 'talking' } },
  lose      = { call = { connecting = 'waiting', calling = 'waiting' }, line = { connecting = 'idle', calling = 'idle' } },
  part      = { call = { talking = 'parting', in_person = 'parting' }, line = { talking = 'wrap_up' } },
  hand_over = { line = { talking = 'wrap_up' } },
  take_over = { call = { talking = 'talking' },    line = { idle = 'talking', talking = 'talking' },
                guest = { none = 'none', consulting = 'none', conference = 'none' } },
  hold      = { hold = { off = 'on' } },
  remind    = { hold = { on = 'on' } },
  resume    = { hold = { on = 'off' } },
  invite    = { guest = { none = 'ringing' },      line = { idle = 'offered' } },
  answer    = { guest = { ringing = 'ringing' },   line = { offered = 'connecting' } },
  consult   = { guest = { ringing = 'consulting' }, line = { connecting = 'talking' } },
  confer    = { guest = { ringing = 'conference', consulting = 'conference' },
                line = { connecting = 'talking', talking = 'talking' } },
  transfer  = { guest = { consulting = 'handed', conference = 'handed' }, line = { talking = 'wrap_up' } },
  dismiss   = { guest = { ringing = 'none', consulting = 'none', conference = 'none', handed = 'none' },
                line = { offered = 'idle', connecting = 'idle', talking = 'idle' } },
  record    = { tape = { none = 'on' } },
  pause_tape  = { tape = { on = 'paused' } },
  resume_tape = { tape = { paused = 'on' } },
  come_back = { call = { talking = 'waiting' },    line = { talking = 'wrap_up' } },
  drop      = { call = { talking = 'waiting' },    line = { talking = 'idle' } },
  hang_up   = { call = { greeting = 'ended', waiting = 'ended', offered = 'ended', connecting = 'ended',
                         talking = 'ended', parting = 'ended', ringing = 'ended', in_person = 'ended',
                         missed = 'ended' },
                line = { offered = 'idle', connecting = 'idle', talking = 'wrap_up' } },
  finish    = { line = { wrap_up = 'idle' } },
  -- a dial test at a desk: it is rung, taken and heard like a call, and leaves neither a wrap-up nor a trace
  offer_test = { line = { idle = 'offered' } },
  take_test  = { line = { offered = 'connecting' } },
  hear_test  = { line = { connecting = 'talking' } },
  end_test   = { line = { offered = 'idle', connecting = 'idle', talking = 'idle' } },
  heal      = { line = { offered = 'idle', connecting = 'idle', calling = 'idle', talking = 'idle' } },
  rescue    = { call = { offered = 'waiting', connecting = 'waiting', calling = 'waiting' } },
  -- a caller leaves the line and is called back: their call ends, and a call of ours stands where it stood
  defer     = { call = { waiting = 'parting', parting = 'parting' } },
  ask_back  = { call = { none = 'later' } },
  wake      = { call = { later = 'waiting' } },
  rest      = { call = { waiting = 'later' } },
  stand_back = { call = { waiting = 'later' } },
  dial      = { call = { connecting = 'calling' }, line = { connecting = 'calling' } },
  reach     = { call = { calling = 'connecting' }, line = { calling = 'connecting' } },
  put_off   = { call = { calling = 'later', connecting = 'later' }, line = { calling = 'idle', connecting = 'idle' } },
  give_up   = { call = { calling = 'ended', connecting = 'ended' }, line = { calling = 'idle', connecting = 'idle' } },
  break_off = { call = { talking = 'later' },      line = { talking = 'wrap_up' } },
  expire    = { call = { later = 'ended', waiting = 'ended' } },
  withdraw  = { call = { later = 'ended', waiting = 'ended', offered = 'ended', connecting = 'ended', calling = 'ended' },
                line = { offered = 'idle', connecting = 'idle', calling = 'idle' } },
  prioritise = { call = { greeting = 'greeting', waiting = 'waiting', offered = 'offered' } },
  advance   = { call = { waiting = 'waiting' } },
  requeue   = { call = { greeting = 'greeting', waiting = 'waiting' } },
  ask_help  = { help = { none = 'asked' } },
  give_help = { help = { asked = 'none' } },
  lend_ear  = { ear = { none = 'coming' } },
  listen    = { call = { talking = 'talking' }, ear = { coming = 'listening' } },
  tune      = { call = { talking = 'talking' }, ear = { coming = 'coming', listening = 'listening' } },
  unlisten  = { call = { talking = 'talking' }, ear = { coming = 'none', listening = 'none' } },
  ready     = { intent = { paused = 'ready', leaving = 'ready' } },
  pause     = { intent = { ready = 'paused', leaving = 'paused', paused = 'paused' } },
  leave     = { intent = { ready = 'leaving', paused = 'leaving' } },
  write_text    = { text = { none = 'queued' } },
  send_text     = { text = { queued = 'sending' } },
  put_back_text = { text = { sending = 'queued' } },
  accept_text   = { text = { sending = 'sent', unsure = 'sent' } },
  deliver_text  = { text = { sending = 'delivered', sent = 'delivered', unsure = 'delivered', unreported = 'delivered' } },
  lose_text     = { text = { sending = 'undelivered', sent = 'undelivered', unsure = 'undelivered',
                             unreported = 'undelivered' } },
  refuse_text   = { text = { queued = 'refused', sending = 'refused' } },
  doubt_text    = { text = { sending = 'unsure' } },
  miss_report   = { text = { sent = 'unreported' } },
  sign_in   = { presence = { off = 'on' }, intent = { ready = 'paused', paused = 'paused', leaving = 'paused' } },
  lapse     = { presence = { on = 'lapsed' } },
  renew     = { presence = { lapsed = 'on' } },
  sign_out  = { presence = { on = 'off', lapsed = 'off' } },
  ask_probe   = { probe = { none = 'asked', done = 'asked' } },
  dial_probe  = { probe = { asked = 'dialling' } },
  ring_probe  = { probe = { dialling = 'ringing', ringing = 'ringing' } },
  yield_probe = { probe = { ringing = 'dialling' } },
  reach_probe = { probe = { ringing = 'reached' } },
  miss_probe  = { probe = { dialling = 'missed', ringing = 'missed' } },
  end_probe   = { probe = { dialling = 'over', ringing = 'over', reached = 'over', missed = 'over' } },
  judge_probe = { probe = { over = 'done' } },
  make_promise     = { promise = { none = 'open' } },
  remind_promise   = { promise = { open = 'reminded' } },
  escalate_promise = { promise = { reminded = 'office', office = 'duty', duty = 'case' } },
  keep_promise     = { promise = { open = 'kept', reminded = 'kept', office = 'kept', duty = 'kept', case = 'kept' } },
  withdraw_promise = { promise = { open = 'withdrawn', reminded = 'withdrawn', office = 'withdrawn',
                                   duty = 'withdrawn', case = 'withdrawn' } },
  settle_promise   = { promise = { case = 'settled' } },
  open_case    = { case = { none = 'open' } },
  overrun_case = { case = { open = 'overdue' } },
  answer_case  = { case = { open = 'answered', overdue = 'answered' } },
  add_to_case  = { case = { answered = 'answered' } },
  return_case  = { case = { answered = 'open' } },
  close_case   = { case = { answered = 'closed' } },
  drop_case    = { case = { open = 'closed', overdue = 'closed', answered = 'closed' } },
  ring_back   = { ring_back = { none = 'official', over = 'official' } },
  ring_caller = { ring_back = { official = 'caller' } },
  talk_back   = { ring_back = { caller = 'talking' } },
  turn_on_hook     = { hook = { none = 'on', off = 'on', paused = 'on' } },
  turn_off_hook    = { hook = { on = 'off', paused = 'off' } },
  pause_hook       = { hook = { on = 'paused' } },
  queue_delivery   = { delivery = { none = 'waiting' } },
  try_delivery     = { delivery = { waiting = 'sending', sending = 'sending' } },
  put_off_delivery = { delivery = { sending = 'waiting' } },
  deliver          = { delivery = { sending = 'delivered' } },
  fail_delivery    = { delivery = { sending = 'failed' } },
  redeliver        = { delivery = { delivered = 'waiting', failed = 'waiting' } },
  end_back    = { ring_back = { official = 'over', caller = 'over', talking = 'over' } },
}
local AT_FIRST = { call = 'none', hold = 'off', guest = 'none', tape = 'none', line = 'idle', intent = 'paused',
                   presence = 'off', help = 'none', ear = 'none', probe = 'none', promise = 'none', case = 'none',
                   ring_back = 'none', text = 'none', hook = 'none', delivery = 'none' }

-- What a caller who hangs up in this state has suffered.
local LOST = { greeting = 'abandoned_greeting', waiting = 'abandoned_queue', offered = 'abandoned_ringing',
               connecting = 'abandoned_ringing', talking = 'answered', parting = 'answered',
               ringing = 'abandoned_ringing', in_person = 'direct_answered', missed = 'direct_missed' }

local EVENTS_KEPT = 20000
local TIMELINE_KEPT = 100      -- moves; a call that is declined all day must not grow without end
local AWAY_MS = 10 * 60 * 1000 -- a console that has been silent this long is signed out
local SAME_MS = 3000           -- a request within this time of its like is the carrier repeating itself
local PARTING_MS = 30 * 1000   -- to hear the last words; whoever is still on the line then is fetched out of the room
local ANNOUNCEMENT_MS = 8000   -- the operator's number is said, then the caller is in the room
local WAY_MS = 3000            -- from a phone's asking for the room to its being there
local PACE_OF_LATE = 20        -- calls that the pace of a queue is the average of
local TOP = 9                  -- the highest priority
local URGENT = 2e13            -- places before this are of priority 8 and 9: they wait for nobody's share

local ROOT, NOW -- of the function under way: FCALL runs one at a time

local function key(name, id) return ROOT .. name .. (id and ':' .. id or '') end
local function call_key(sid) return key('call', sid) end
local function operator_key(id) return key('operator', id) end

local function of_call(sid, ...) return redis.call('HMGET', call_key(sid), ...) end
local function of_operator(id, ...) return redis.call('HMGET', operator_key(id), ...) end
local function one(reply) return reply[1] or '' end

local function rule(name) return tonumber(redis.call('HGET', key('rules'), name)) or 0 end
local function seconds(name) return rule(name) * 1000 end

-- Several rules in one look, as numbers in the order of their names.
local function rules_of(...)
  local found = redis.call('HMGET', key('rules'), ...)
  for i = 1, select('#', ...) do found[i] = tonumber(found[i]) or 0 end
  return unpack(found)
end

local function due(what, id, at) redis.call('ZADD', key('due'), at, what .. ':' .. id) end

-- One deadline, or several of the same call or operator, are off: the words with spaces between them.
local function not_due(what, id)
  local list = {}
  for word in string.gmatch(what, '%S+') do list[#list + 1] = word .. ':' .. id end
  redis.call('ZREM', key('due'), unpack(list))
end

local function errand(what, sid, step)
  redis.call('XADD', key('errands'), '*', 'what', what, 'sid', sid, 'step', step or '', 'at', NOW)
end

-- A call-back is a call of our own; the carrier gives it no name until the caller's phone is rung.
local function is_back(sid) return string.sub(sid, 1, 2) == 'CB' end

local function words(text)
  local list = {}
  for word in string.gmatch(text or '', '%S+') do list[#list + 1] = word end
  return list
end

-- The queues an operator serves, best level first among equals: "main=2 tax" is level 2 for main and 0 for tax.
local function served(operator, queues)
  local list = {}
  for _, word in ipairs(words(queues or one(of_operator(operator, 'queues')))) do
    local name, level = string.match(word, '^([^=]+)=?(%d*)$')
    list[#list + 1] = { name = name, level = tonumber(level) or 0 }
  end
  return list
end

-- A call's new states, what comes with them, and the line of its timeline that says how it came to them: one write.
local function move_call(sid, moves, arrived, states, moment, facts)
  local n, after = (tonumber(moves) or 0) + 1, NOW - (tonumber(arrived) or NOW)
  local fields = { 'moves', n, unpack(facts or {}) }
  for i = 1, #states do fields[#fields + 1] = states[i] end
  if n <= TIMELINE_KEPT then
    fields[#fields + 1], fields[#fields + 2] = 't' .. n, string.format('%d %s', after, moment)
  end
  redis.call('HSET', call_key(sid), unpack(fields))
end

-- Which parts are a call's, and in which field it keeps each and the moment it came to it; the rest are an operator's.
local OF_A_CALL = { call = { 'state', 'since' }, hold = { 'hold', 'hold_since' }, guest = { 'guest', 'guest_since' },
                    tape = { 'tape', 'tape_since' } }

local function state_of(part, id)
  local own = OF_A_CALL[part]
  local found = own and of_call(id, own[1]) or of_operator(id, part)
  return found[1] or AT_FIRST[part]
end

-- What of an operator's time is work, and its end: what was work until now goes into the books.
local WORKS = { connecting = true, calling = true, talking = true, wrap_up = true }
local note_time

-- Whoever takes part in an event, and how they stand: the call and the operator are each looked at once. Of the call
-- also its moves, its arrival and whose it is; since when the operator has been busy.
local function who_takes_part(event, sid, operator)
  local steps, of_it, of_them = {}, { 'moves', 'arrived', 'operator' }, { 'busy_since' }
  for part in pairs(MOVES[event]) do
    local own = OF_A_CALL[part]
    local id, asked = own and sid or operator, own and of_it or of_them
    if own and not sid then id = nil end
    if id and id ~= '' then
      asked[#asked + 1] = own and own[1] or part
      steps[part] = { id = id, own = own, at = #asked }
    end
  end
  local call = #of_it > 3 and of_call(sid, unpack(of_it))
  local seat = #of_them > 1 and of_operator(operator, unpack(of_them))
  for part, step in pairs(steps) do step.before = (step.own and call or seat)[step.at] or AT_FIRST[part] end
  return steps, call or {}, seat and seat[1]
end

-- The only place where a state is written. All who take part must be able to move, or nobody does; the move, its line
-- in the timeline and its announcement are one act. `facts` are fields of the call that come with the move.
local function happen(event, sid, operator, note, facts)
  local steps, c, busy_since = who_takes_part(event, sid, operator)
  for part, step in pairs(steps) do
    step.to = MOVES[event][part][step.before]
    if not step.to then return false end
  end
  local news = { 'event', event, 'at', NOW }
  for name, value in pairs({ call = sid, operator = operator, note = note }) do
    if value ~= '' then news[#news + 1], news[#news + 2] = name, value end
  end
  if steps.guest or steps.hold or steps.tape then news[#news + 1], news[#news + 2] = 'also', c[3] or '' end
  local states = {}
  for part, step in pairs(steps) do
    local own = step.own
    if own then
      local n = #states
      states[n + 1], states[n + 2] = own[1], step.to
      if step.to ~= step.before then states[n + 3], states[n + 4] = own[2], NOW end
    else
      local fields, begins, ends = { part, step.to, part .. '_since', NOW }, false, false
      if part == 'line' then -- a test that is taken is no work of the operator's
        begins, ends = WORKS[step.to] and not WORKS[step.before] and event ~= 'take_test', WORKS[step.before] and not WORKS[step.to]
      end
      if begins then fields[5], fields[6] = 'busy_since', NOW end
      redis.call('HSET', operator_key(step.id), unpack(fields))
      if ends then note_time(step.id, 'busy', busy_since) end
    end
    news[#news + 1], news[#news + 2] = own and own[1] or part, step.to
  end
  if #states > 0 then
    local moment = event
    for _, who in ipairs({ operator or '', note or '' }) do
      if who ~= '' then moment = moment .. ' ' .. who end
    end
    move_call(sid, c[1], c[2], states, moment, facts)
  end
  redis.call('XADD', key('events'), 'MAXLEN', '~', EVENTS_KEPT, '*', unpack(news))
  return true
end

-- News of what changes no state.
local function announce(event, ...)
  redis.call('XADD', key('events'), 'MAXLEN', '~', EVENTS_KEPT, '*', 'event', event, 'at', NOW, ...)
end

local function register(name, act, flags)
  redis.register_function({
    function_name = 'acd_' .. name,
    callback = function(keys, args)
      ROOT, NOW = keys[1], tonumber(args[1])
      return act(unpack(args, 2))
    end,
    flags = flags or {},
  })
end
