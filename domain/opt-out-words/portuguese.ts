import { listed, type Wordings } from './wordings.ts';

const messages =
  '(?:mensagens|mensagem|msgs?|sms|textos?|e ?mails?|propagandas?|promocoes|promocao|ofertas|anuncios|publicidade|spam|notificacoes|newsletter)';
const writing = '(?:enviar|mandar|escrever|contatar|ligar|incomodar|perturbar|encher|chamar)';

/** The basics; the wordings that Brazilian carriers ask for are SAIR and PARAR (providers reference R-TW-1). */
export const portuguese: Wordings = {
  spaced: true,
  words: {
    stop: listed(`
      parar, pare, parem, para, sair, cancelar, cancela, cancele, descadastrar, descadastre,
      remover, remova, me remova, me tira, me tire, nao quero, nao quero mais, chega, basta,
      bloquear, sai
    `),
    start: listed('comecar, iniciar, voltar, recadastrar'),
    help: listed('ajuda'),
  },
  courtesies: listed('por, favor, pf, pfv, obrigado, obrigada, ja, agora, oi, ola'),
  negated: [
    /\bnao (?:pare|parem|deixe|deixem|deixa|cancele|cancelem|remova|descadastre)\b(?:(?! mas )[^.])*/g,
    /\bnao quero (?:perder|parar|sair|deixar)\b[^.]*/g,
  ],
  sentences: [
    {
      pattern: new RegExp(
        `\\b(?:pare|parem|parar|para|deixe|deixem|deixa)(?: ja)? (?:de|com) (?:(?:me|as|os|essas|esses|estas|tantas) ){0,2}(?:${writing}|${messages})\\b`,
      ),
      example: 'Pare de me enviar mensagens',
    },
    {
      pattern: new RegExp(
        `\\bnao (?:quero|desejo|gostaria de|aceito|autorizo)(?: \\w+){0,4} (?:receber|${messages})\\b`,
      ),
      example: 'Não quero mais receber mensagens',
    },
    {
      pattern: new RegExp(
        `\\bnao (?:me )?(?:envie|enviem|mande|mandem|manda|escreva|ligue|perturbe|incomode|contate)(?: me)? (?:(?:mais|essas|esses|nenhuma) ){0,2}(?:mais\\b|nada\\b|isso\\b|${messages}\\b)`,
      ),
      example: 'Não me mande mais mensagens',
    },
    {
      pattern: /\bnao me (?:envie|mande|escreva|ligue|perturbe|incomode|contate)m?(?: mais)?\./,
      example: 'Não me perturbe.',
    },
    {
      pattern:
        /\b(?:me (?:remova|remove|tire|tira|retire|exclua|descadastre)|(?:remova|remover|exclua|excluir|retire|retirar|apague|apagar) (?:me|meu (?:numero|contato|telefone|e ?mail|nome)))\b/,
      example: 'Me tira dessa lista',
    },
    { pattern: /\bsair d(?:a|essa|esta) lista\b|\bdescadastr\w+/, example: 'Quero sair da lista' },
    {
      pattern:
        /\bcancel\w+ (?:a |minha |o |meu )?(?:inscricao|recebimento|cadastro)\b|\bcancel\w+ (?:as|essas|estas) mensagens\b/,
      example: 'Cancelar minha inscrição',
    },
  ],
};
