/**
 * Words that are written in several ways and mean the same whoever writes them: British and American
 * spelling, chat abbreviations, common misspellings, short names of things.
 *
 * @module
 */

const groups = `
color colour; favor favour; favorite favourite fav; behavior behaviour; honor honour; labor labour; neighbor neighbour;
humor humour; flavor flavour; center centre; theater theatre; meter metre; liter litre; fiber fibre; gray grey;
program programme; check cheque; license licence; practice practise; defense defence; offense offence; tire tyre;
traveling travelling; traveled travelled; traveler traveller; canceled cancelled; canceling cancelling; modeling modelling;
enroll enrol; fulfill fulfil; skillful skilful; jewelry jewellery; aluminum aluminium; airplane aeroplane; math maths mathematics;
organize organise; organization organisation; realize realise; recognize recognise; analyze analyse; apologize apologise;
optimize optimise; minimize minimise; maximize maximise; memorize memorise; criticize criticise; specialize specialise;
specialization specialisation; socialize socialise; utilize utilise; summarize summarise; prioritize prioritise; globalization globalisation;
demonetization demonetisation demonitization demonitisation; civilization civilisation; industrialization industrialisation;
you u; your ur; please pls plz; because bcoz bcz cuz; and &; with w; without w/o; though tho; through thru; okay ok;
tonight tonite; night nite; people ppl; want wanna; government govt; university uni; information info; application app;
phone cellphone telephone; television tv; advertisement ad advert; photograph photo pic picture;
laboratory lab; mathematics math; identification id; repository repo; document doc; documentation docs; database db;
javascript js; typescript ts; python py; kubernetes k8s; postgres postgresql; configuration config; parameter param;
definitely definately; receive recieve; separate seperate; until untill; which wich; believe belive; beautiful beautifull;
business bussiness; grammar grammer; successful succesful; tomorrow tommorow; quit quite;
versus vs; usa u.s.a u.s us.a america; uk u.k; email e-mail; wifi wi-fi; website site; maybe perhaps;
whatsapp watsapp whatapp; youtube utube; facebook fb; instagram insta; gmail g-mail; engineering engg; examination exam; exams examinations;
percent percentage; kilogram kg; kilometer km kilometre; second sec; minute min; hour hr; dollar usd; rupee rs inr; month mo; year yr;
difference diff; developer dev; different diffrent; weight wieght; english eng; experience exp; degree deg; number num no.
`;

function read(): Map<string, string> {
  const found = new Map<string, string>();
  for (const group of groups.split(";")) {
    const [first, ...others] = group.trim().split(/\s+/);
    if (first) { for (const other of others) found.set(other, first); }
  }
  return found;
}

export const spellings: ReadonlyMap<string, string> = read();
