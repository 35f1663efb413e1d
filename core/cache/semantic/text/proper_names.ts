/**
 * Names that people often write without a capital: countries, peoples, languages, large companies and
 * products. General knowledge, not learnt; it only ever makes the guards stricter.
 *
 * @module
 */

export const properNames: ReadonlySet<string> = new Set(
  `india pakistan china japan korea usa uk america england britain france germany spain italy russia canada mexico brazil australia austria iran iraq israel
palestine syria turkey egypt nigeria kenya indonesia malaysia singapore thailand vietnam philippines nepal bangladesh lanka afghanistan ukraine poland
sweden norway denmark finland netherlands belgium switzerland greece portugal ireland scotland europe asia africa delhi mumbai bangalore chennai kolkata
hyderabad pune london paris york california texas chicago boston toronto sydney dubai tokyo beijing hong kong
indian pakistani chinese japanese korean american english british french german spanish italian russian arabic hindi urdu tamil telugu bengali portuguese
dutch swedish greek latin hebrew turkish persian muslim islam hindu christian jewish buddhist catholic
google facebook apple microsoft amazon twitter instagram whatsapp youtube quora linkedin netflix uber samsung android iphone ipad windows linux mac ios
python java javascript php ruby sql mysql excel oracle sap html css matlab kotlin swift rust golang perl scala react angular vue node django flask
trump clinton obama modi hillary putin sanders jio airtel verizon paypal bitcoin gmail yahoo snapchat tinder skype chrome firefox safari
iit iim nit ias upsc gate cat gre gmat sat toefl ielts jee neet mba phd btech mtech ca cfa tcs infosys wipro cognizant accenture ibm
harvard mit stanford yale oxford cambridge nasa isro bjp congress`.split(/\s+/),
);
