/** Before a name, in small letters: what people are called by besides. */
export const TITLES: readonly string[] =
  'mr mrs ms miss mx dr prof professor doctor sir madam lady lord herr frau monsieur madame mme mlle senor senora sr sra don dona dott dottor signor signora judge senator president captain sergeant officer detective rev reverend father sister brother aunt uncle king queen prince princess rabbi imam sheikh pope saint'.split(
    ' ',
  );

/** Before a known given name, though it be the name of a place, too. */
export const ROLES: readonly string[] =
  'customer client patient employee tenant passenger student claimant applicant nurse colleague'.split(' ');
