"""Who appears in the tests. No number here can belong to anybody: no subscriber in China begins with 0."""

MAYOR = "+8677100000002"  # 南宁市市长
SECRETARY = "+8677100000001"  # 南宁市委书记
EDUCATION = "+8655800000018"  # 亳州市教育局局长, who answers in person
EDUCATION_PHONE = "+8615400000118"
EDUCATION_DUTY = "+8655800000518"
MAYOR_OF_BOZHOU = "+8655800000002"  # who has a second phone
MAYOR_OF_BOZHOU_PHONE = "+8615400000102"
MAYOR_OF_BOZHOU_SECRETARY = "+8615400000302"
MAYOR_OF_BOZHOU_DUTY = "+8655800000502"
NOBODYS = "+8677109999999"  # no published number

MAYOR_DIALLED_AT_HOME = "0771 0000 0002"

DESK_PHONE = "+8677100000901"  # on the desk of operator 9001
DESK_PHONE_BY_SIP = "sip:901@pbx.nanning.example"

BUREAU = "+8677100000802"  # 市场监管局值班室
SCHOOLS = "+8677100000803"  # 教育局值班室, whose phone is never well
POLICE = "+8677100000110"

ZHOU = "+862000000001"  # calls about a licence
QIAN = "+862000000002"  # has no patience
SUN = "+862000000003"  # calls again and again

WU = "+8615400000001"  # calls from a mobile, which can read texts

WANG = "9001"
LI = "9002"
ZHAO = "9003"
ADMIN = "9000"
SUPERVISOR = "9010"
HANDLER = "9020"
OFFICE = "9030"  # the mayor's
