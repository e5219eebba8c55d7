// The people who stand in the booth. Their numbers begin with 0 after the area code, where no real
// number can: 0 is the trunk prefix in China.

export const CALLERS = [
  { name: "市民甲", number: "+862000000001" },
  { name: "市民乙", number: "+862000000002" },
  { name: "市民丙", number: "+862000000003" },
  { name: "市民丁（手机）", number: "+8615400000004" }, // 154 is given to no operator; a mobile, so it reads texts
];
