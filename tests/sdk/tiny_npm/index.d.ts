declare class Client {
  books: Client.Books;
}

declare namespace Client {
  class Books {
    private client: Client;
    remove(params: { shelf_id: string }): Promise<void>;
    list(options: { retries: number }): Promise<Page<Book>>;
    list(params: ListParams): Promise<Page<Book>>;
  }

  enum Genre {
    Novel = "NOVEL",
    Poetry = "POETRY",
  }

  interface Paging {
    sheet?: number;
  }

  interface ListParams extends Paging {
    shelf_id: string;
    genre?: Genre;
    author?: "Austen" | (string & {});
    dry?: boolean;
  }

  class Page<Item> {
    books: Array<Item>;
    sheet_info: {
      held: number;
      /** @deprecated */
      grand_total?: number;
    };
    #secret: string;
    protected request: string;
    next(): Promise<Page<Item>>;
    again: () => void;
  }

  interface Paper {
    kind: "PAPER";
  }

  interface Cloth {
    kind: "CLOTH";
    colour: "RED" | "GREEN" | null;
  }

  interface Book {
    book_id: string;
    genre: Genre;
    bought_at: Date;
    binding: "PAPER" | "CLOTH";
    /** Deprecated: names are going away. */
    title?: string;
    weight?: number | bigint;
    note: string;
    lent?: boolean | null;
    cover: Paper | Cloth;
    labels?: { [name: string]: string };
    sequel?: Book;
    pages: readonly [first: number, last: number];
  }
}

export = Client;
