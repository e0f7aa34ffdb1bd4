import { listed, type Wordings } from './wordings.ts';

const messages =
  '(?:mensajes?|mjes|sms|textos?|correos?|e ?mails?|publicidad|promociones|promocion|ofertas|anuncios|spam|notificaciones|propaganda|boletin)';
const writing = '(?:enviar|mandar|escribir|contactar|molestar|llamar|avisar)';

/** The basics; BAJA, ALTO and PARAR are what carriers in Spanish-speaking countries obey (providers reference R-TW-1). */
export const spanish: Wordings = {
  spaced: true,
  words: {
    stop: listed(`
      parar, pare, paren, para, alto, baja, cancelar, detener, salir, basta, no mas,
      darme de baja, dar de baja, darse de baja, eliminar, borrar, no quiero, no quiero mas,
      anular
    `),
    start: listed('comenzar, iniciar, reanudar'),
    help: listed('ayuda'),
  },
  courtesies: listed('por, favor, gracias, ya, ahora, hola'),
  negated: [
    /\bno (?:pare|paren|deje|dejen|dejes|cancele|cancelen)\b(?:(?! pero )[^.])*/g,
    /\bno quiero (?:perder|perderme|dejar|parar)\b[^.]*/g,
  ],
  sentences: [
    {
      pattern: new RegExp(
        `\\b(?:deje|deja|dejen|dejad|pare|paren|parar|para|basta)(?: ya)? (?:de|con) (?:(?:me|los|las|sus|tus|estos|tantos) ){0,2}(?:${writing}(?:me|nos|le)?|${messages})\\b`,
      ),
      example: 'Deje de enviarme mensajes',
    },
    {
      pattern: new RegExp(
        `\\bno (?:quiero|deseo|quisiera|acepto|autorizo|me interesa)(?: \\w+){0,4} (?:recibir|recibirlos|${messages})\\b`,
      ),
      example: 'No quiero recibir más mensajes',
    },
    {
      pattern: new RegExp(
        `\\bno (?:me |nos )?(?:envie|envien|envies|mande|manden|mandes|escriba|escriban|escribas|contacte|contacten|llame|llamen|moleste|molesten) (?:(?:mas|estos|esos|ningun) ){0,2}(?:mas\\b|nada\\b|eso\\b|${messages}\\b)`,
      ),
      example: 'No me manden más mensajes',
    },
    {
      pattern:
        /\bno (?:me|nos) (?:escriba|escriban|escribas|contacte|contacten|llame|llamen|moleste|molesten)(?: mas)?\./,
      example: 'No me escriban más.',
    },
    {
      pattern: /\b(?:darme|dame|deme|denme|dar|darse|quiero la|solicito la|solicito) (?:de )?baja\b/,
      example: 'Quiero darme de baja',
    },
    {
      pattern:
        /\b(?:elimine|eliminen|elimina|borre|borren|borra|quite|quiten|quita|saque|saquen|saca)(?:me|nme)? (?:de (?:la|su|tu|esta|esa) lista|mi (?:numero|telefono|correo|contacto))\b/,
      example: 'Elimine mi número',
    },
    { pattern: /\bsalir de (?:la|esta|su) lista\b/, example: 'Quiero salir de la lista' },
    {
      pattern: /\bno (?:enviar|mandar|escribir|molestar|contactar|llamar)(?: mas)?\./,
      example: 'No enviar más',
    },
    { pattern: /\bcancel\w+ (?:la |mi )?suscripcion\b/, example: 'Cancelar mi suscripción' },
  ],
};
