/** What every template may name besides its own data. Filled in by delivery; a message never loads it. */
export interface StandardData {
  readonly brand: {
    readonly name: string;
    readonly url: string;
    /** Postal address: marketing mail must show one (CAN-SPAM). */
    readonly address: string;
    readonly email: string;
    readonly phone?: string;
    readonly logo?: string;
    readonly colour: string;
  };
  readonly customer: {
    /** How the customer is greeted: given name in English, "family name first, 님" in Korean; a neutral word when unknown. */
    readonly name: string;
    readonly hasName: boolean;
    readonly locale: string;
    readonly timeZone: string;
  };
  readonly links: {
    readonly unsubscribe: string;
    /** Where the customer chooses what they get. */
    readonly preferences: string;
  };
}
